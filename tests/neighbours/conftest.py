"""Runs on a database in which Odoo's own google_calendar and microsoft_calendar are installed."""
