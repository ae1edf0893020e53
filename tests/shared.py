"""A store of two councils: the reference files of the real one, and a second with teams of its own."""

import shutil
from pathlib import Path

from kpi import catalogue, settings
from kpi.catalogue import Catalogue

OTHER = "otherton"
COUNCIL = """
[council.otherton]
name = "Otherton Council"
service = "Otherton children's services"
authority = "885"
authority_name = "Otherton"
region = "E12000005"
region_name = "West Midlands"
"""
#: A team of the first council's name, and one that only the second has.
TREE = """org_id,name,level,parent_id,valid_from,valid_to,source
otherton,Otherton children's services,council,,2019-04-01,,made up
safety,Safety,service,otherton,2019-04-01,,made up
CPC1,Otherton protection,team,safety,2019-04-01,,made up
NORTH,North,team,safety,2019-04-01,,made up
"""


def reference(folder: Path) -> Path:
    """The reference files of two councils, in ``folder``."""
    shutil.copytree(settings.read().reference, folder)
    councils = folder / "catalogue" / "council.toml"
    councils.write_text(councils.read_text("utf-8") + COUNCIL, encoding="utf-8")
    own = folder / "councils" / OTHER
    own.mkdir(parents=True)
    (own / "organisation.csv").write_text(TREE, encoding="utf-8")
    return folder


def book(folder: Path) -> Catalogue:
    return catalogue.read(reference(folder))
