"""Every failure has a sentence: what happened, and what to do."""

from odoo.addons.crm_google_calendar.bridge import sentences
from odoo.addons.crm_google_calendar.gcal.errors import Cause, GoogleError, Owner

from .connecting import ConnectCase

STATES = {
    "disconnected": "Configure with Google",
    "incomplete": "Finish with Google",
    "reconnect": "Reconnect with Google",
}


class TestSentences(ConnectCase):
    def assertSentence(self, text):
        self.assertTrue(text and text[0].isupper() and text.endswith("."), text)
        self.assertNotIn("%", text)

    def test_every_cause_has_one(self):
        for cause in Cause:
            self.assertSentence(sentences.cause_text(self.env, cause))
            self.assertSentence(sentences.reasons(self.env)[cause.value])

    def test_a_broken_connection_names_the_link_that_goes_on(self):
        for state, link in STATES.items():
            for cause in Cause:
                for uncertain in (False, True):
                    error = GoogleError(cause, uncertain=uncertain)
                    text = sentences.connection_text(self.env, error, state)
                    self.assertSentence(text)
                    others = set(STATES.values()) - {link}
                    self.assertFalse([name for name in others if name in text], text)

    def test_whoever_can_do_something_is_told_what(self):
        words = ("Click", "click", "try", "retry", "ask", "Ask", "administrator", "Correct", "Make")
        for cause in Cause:
            if cause.owner is not Owner.NOBODY:
                text = sentences.cause_text(self.env, cause)
                self.assertTrue(any(word in text for word in words), text)

    def test_what_keeps_everybody_from_connecting_has_one(self):
        for problem in ("no_client", "unreadable", "address", "worker_off"):
            self.assertSentence(sentences.setup_text(self.env, problem))

    def test_the_clients_test_has_one_for_every_cause(self):
        for cause in Cause:
            self.assertSentence(sentences.client_text(self.env, GoogleError(cause)))
