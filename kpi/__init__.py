"""Measures, checks, signals and charts for children's services improvement."""
