"""The Google side of the sync: OAuth, Calendar v3, and Google's JSON as entries. No Odoo."""
