"""What a file would change, against what is published."""

import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kpi import changes, ingest
from kpi.catalogue import Dataset

FIGURES = "10,5,4,3,6,1,4,20,2,8,8"
