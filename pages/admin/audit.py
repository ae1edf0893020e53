"""Audit: who did what and when, in a chain that nobody can alter unseen; find, read, take along."""

from kpi import ui

ui.audit_trail(ui.view())
