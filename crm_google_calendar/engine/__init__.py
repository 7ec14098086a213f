"""The pure heart of the sync: no Odoo, no Google, no clock, no randomness.

It knows two sides, the CRM and Google, and the base they last agreed on. Both sides are
seen as entries; everything here is a function from values to values.
"""
