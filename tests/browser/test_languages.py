"""Pages in another language: all of it is said, and nothing is cut off on a phone."""

from playwright.sync_api import expect

from .crm_pages import TODAY, CalendarPage, Record, assert_nothing_is_cut


def test_german_on_a_phone(phone, crm, salesperson, google, pictures):
    meeting = salesperson.meet("Besuch", TODAY)
    calendar = CalendarPage(phone(salesperson.login)).open()
    page = calendar.page
    calendar.connect(google, salesperson.address)
    calendar.synchronize()
    crm.speak(salesperson, "de_DE")
    calendar.open()
    expect(calendar.link("Mit Google synchronisieren")).to_be_visible()
    expect(calendar.result).to_contain_text("Mit Google synchronisiert.")
    pictures.keep(page, "german-calendar")
    calendar.link("Mit Google synchronisieren").click()
    expect(page.get_by_role("dialog")).to_contain_text("Es werden keine E-Mails versendet.")
    pictures.keep(page, "german-wizard")
    record = Record(page, f"/odoo/calendar/{meeting}")
    expect(record.line.get_by_role("button", name="In Google öffnen")).to_be_visible()
    pictures.keep(page, "german-record")
    assert_nothing_is_cut(page)
