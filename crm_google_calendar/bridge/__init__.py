"""The only place that knows both Odoo and the engine."""
