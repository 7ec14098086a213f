"""Every sentence about a failure or a result: what happened, and what to do.

The texts are Odoo translations, so they are literal here; a test makes sure that no cause of
`gcal.errors` is without one.
"""

from __future__ import annotations

from ..gcal.errors import Cause, GoogleError
from .settings import base_url, notify_address
from .words import number_text


def env_for(account):
    """The account's environment in the language of its user, who reads what is said."""
    return account.with_context(lang=account.user_id.lang).env


def cause_text(env, cause: Cause, state: str = "disconnected") -> str:
    """What a failed call to Google means for the person, and what to do about it.

    state: of the account, since the link to click is called by it.
    """
    return _causes(env, link_name(env, state))[cause]


def link_name(env, state: str) -> str:
    """What the link reads that leads over Google's page, or on from there, in that state."""
    names = {
        "connected": env._("Use another Google account"),
        "incomplete": env._("Finish with Google"),
        "choosing": env._("Finish with Google"),
        "reconnect": env._("Reconnect with Google"),
    }
    return names.get(state) or env._("Configure with Google")


def connection_text(env, error: GoogleError, state: str) -> str:
    """Why a connection did not come to stand, and what to do about it.

    state: of the account, now.
    """
    link = link_name(env, state)
    texts = _connection_reasons(env, link)
    if error.uncertain and error.reason not in texts and state == "incomplete":
        return texts["uncertain"]
    found = texts.get(error.reason) or texts.get(error.cause)
    # what is said of one entry would mislead here
    return found or _connection_causes(env, link).get(error.cause) or texts[Cause.UNKNOWN]


def client_text(env, error: GoogleError) -> str:
    """What is wrong with the company's Google client, for the administrator who asked."""
    if error.reason == "redirect_uri_mismatch":
        return env._(
            "Google does not know the redirect address of this site. Copy it from here to the "
            "authorized redirect URIs of the client in the Google console, then test again."
        )
    if error.cause is Cause.BAD_CLIENT:
        return env._(
            "Google does not know this client ID and secret. Copy both from the Google console "
            "again, then test again."
        )
    if error.cause is Cause.TRANSIENT:
        return env._("Google could not be reached. Make sure that this server may, then try again.")
    return cause_text(env, error.cause)


def setup_text(env, problem: str) -> str:
    """What keeps everybody from connecting, and who can change it; see `settings.problem`."""
    return {
        "": "",
        "no_client": env._(
            "Google Calendar is not set up for this company yet. Ask your administrator to "
            "enter the Google client in Settings, Calendar, CRM Google Calendar."
        ),
        "unreadable": env._(
            "The stored client secret cannot be read here any more, because this server has "
            "another key than the one it was stored with. An administrator can enter it again in "
            "Settings, Calendar, CRM Google Calendar."
        ),
        "address": env._(
            "Google sends people back to a site with https only (but for localhost), and this "
            "site's address is %s. An administrator can correct the system parameter web.base.url.",
            base_url(env),
        ),
        "worker_off": env._(
            "The scheduled action “Google Calendar: worker” is switched off, so nothing would "
            "happen. An administrator can switch it on in Settings, Technical, Scheduled Actions."
        ),
    }[problem]


def push_text(env, problem: str) -> str:
    """Why Google does not tell us of changes by itself; see `settings.push_problem`."""
    return {
        "off": env._("Messages from Google are switched off in the settings."),
        "no_auto_sync": env._("Messages from Google need auto sync; switch it on."),
        "no_https": env._(
            "Google sends messages to a site with https only, and this site's address is %s. Set "
            "the system parameter web.base.url to an https address that the Internet reaches.",
            base_url(env),
        ),
        "private": env._(
            "Google cannot reach %s from the Internet. Set the system parameter web.base.url to a "
            "public https address.",
            base_url(env),
        ),
        "unheard": env._(
            "No message from Google has arrived yet at %s. Make sure that the Internet reaches "
            "this address, with a certificate that is not self-signed.",
            notify_address(env),
        ),
    }[problem]


def watched_text(env, number: int, total: int) -> str:
    """How many accounts hear of changes in Google by a message."""
    return env._(
        "%(number)s of %(total)s connected accounts hear of changes in Google within seconds.",
        number=number_text(env, number),
        total=number_text(env, total),
    )


def arrival_text(env, at_once: bool, minutes: int) -> str:
    """How soon what changes in Google arrives in the CRM."""
    if at_once:
        return env._("They arrive within seconds.")
    return env._(
        "They arrive when Google is asked for them, every %s minutes.", number_text(env, minutes)
    )


def run_text(env, cause: Cause) -> str:
    """What ended a run, and what to do; what is said of one entry would mislead here."""
    if cause is Cause.TRANSIENT:
        return env._(
            "Google could not be reached for minutes. Nothing is lost; synchronize again later."
        )
    named = {*_connection_causes(env, ""), Cause.NO_ACCESS, Cause.CALENDAR_GONE}
    return cause_text(env, cause if cause in named else Cause.UNKNOWN, "reconnect")


def reasons(env) -> dict[str, str]:
    """Why an entry is set aside or detached, by cause."""
    return {cause.value: text for cause, text in _causes(env).items()} | _reasons(env)


def with_detail(text: str, detail: str) -> str:
    """A reason with what Google or Odoo said of it."""
    return f"{text} ({detail})" if text and detail else text


def _reasons(env):
    return {
        "deleted_there": env._("It was deleted in Google. The record stays; it is not sent again."),
        "archived": env._("It was archived here, so it was removed in Google."),
        "archived_there": env._("It was deleted in Google, so it was archived here."),
        "undone": env._("The run that linked it was undone; it is no longer synchronized."),
        "kept": env._("You chose to keep it here; it is no longer synchronized."),
        "held": env._("It waits for your answer, because many entries were deleted at once."),
        "reassigned": env._("It is assigned to somebody else now; your entry in Google stays."),
        "done": env._("It is done, so it was removed in Google."),
        "given_away": env._("It is assigned to somebody else now, and was removed in Google."),
        "left": env._("You are no longer a guest of this meeting, and it was removed in Google."),
        "not_a_guest": env._(
            "You are no longer a guest of this meeting; your entry in Google stays."
        ),
        "hidden": env._("You may no longer see this record; your entry in Google stays."),
        "is_a_meeting": env._(
            "It became a meeting, and is synchronized as one. Your entry in Google, which you had "
            "changed there, stays."
        ),
        "became_meeting": env._("It became a meeting, so it was removed from the tasks in Google."),
        "calendar_gone": env._("Its calendar was deleted in Google. The record stays."),
        "unreadable": env._(
            "Google sent this entry in a form that cannot be read, say without a start. Correct it "
            "in Google, then retry."
        ),
        "odoo_unreadable": env._(
            "This entry cannot be read in the CRM, say because its dates make no time. Correct it "
            "there, then retry."
        ),
        "no_rule": env._(
            "The meetings of this series follow no rule any more; the series in Google stays as it "
            "was. Make a new series of them, or retry."
        ),
        "no_dates": env._(
            "Google did not tell its dates. Look whether the series opens in Google Calendar, then "
            "retry."
        ),
        "restless": env._(
            "Google kept answering that this entry had just been changed there. Wait some minutes, "
            "then retry."
        ),
        "odoo_refused": env._("The CRM refused this entry. Change it in Google, then retry."),
    }


def _connection_reasons(env, link: str):
    return {
        "uncertain": env._(
            "The connection broke while Google was making a calendar, so it may or may not stand "
            "there. Click %s to go on.",
            link,
        ),
        "not_that_calendar": env._(
            "That Calendar ID is not the one of the calendar we look for. Click %s and copy it "
            "again, or let us make a new calendar.",
            link,
        ),
        "no_token": env._("The sign-in was cut off before it was finished. Click %s again.", link),
        "no_session": env._(
            "Google's answer came too late, or did not belong to this session. Click %s again.",
            link,
        ),
        Cause.LAPSED: env._(
            "Google no longer accepts the connection. Click %s; nothing is lost.", link
        ),
        Cause.TRANSIENT: env._("Google could not be reached. Click %s to go on.", link),
        Cause.RATE_LIMITED: env._("Google asked to slow down. Wait a minute, then click %s.", link),
        Cause.QUOTA_USED_UP: env._(
            "Google makes no more calendars for this account for some hours. Click %s then.", link
        ),
        Cause.REFUSED: env._(
            "Google refused to go on. Click %s to try again; if it stays, tell your administrator.",
            link,
        ),
        Cause.UNKNOWN: env._(
            "Something unexpected happened with Google. Click %s to go on; if it stays, tell your "
            "administrator.",
            link,
        ),
        Cause.NO_ACCESS: env._(
            "Google does not let us reach a calendar that we made. Click %s to try again; if it "
            "stays, revoke the access in your preferences and connect anew.",
            link,
        ),
    }


def _causes(env, link: str = ""):
    return _connection_causes(env, link) | _entry_causes(env)


def _entry_causes(env):
    return {
        Cause.NO_ACCESS: env._(
            "Google does not allow changing this. Make sure that you own the calendar, then retry."
        ),
        Cause.CHANGED: env._("The entry was changed meanwhile; it is compared again by itself."),
        Cause.CURSOR_EXPIRED: env._(
            "Google asks to compare everything again; this happens by itself."
        ),
        Cause.GONE: env._("The entry no longer exists in Google."),
        Cause.CALENDAR_GONE: env._(
            "A calendar was deleted in Google. Nothing in the CRM is lost. Click Create again to "
            "make a new one."
        ),
        Cause.ADDRESS_REFUSED: env._(
            "Google does not send messages to this site's address. An administrator can verify its "
            "domain in the Google Search Console and add it to the company's Google project."
        ),
        Cause.DUPLICATE: env._("Google already has an entry of this number. Retry sends it anew."),
        Cause.COLLIDED: env._("Google was busy with the same entry; it is tried again by itself."),
        Cause.REFUSED: env._("Google refused this entry. Correct it in the CRM, then retry."),
        Cause.UNKNOWN: env._(
            "Something unexpected happened with Google. Try again; if it stays, tell your "
            "administrator."
        ),
    }


def _connection_causes(env, link: str):
    return {
        Cause.TRANSIENT: env._(
            "Google could not be reached. Nothing is lost; it is tried again by itself."
        ),
        Cause.UNAUTHORIZED: env._(
            "Google did not accept our access, although it had just renewed it. Nothing is lost; "
            "synchronize again later."
        ),
        Cause.RATE_LIMITED: env._("Google asked to slow down. It goes on by itself in a moment."),
        Cause.QUOTA_USED_UP: env._(
            "Google accepts no more changes from this account for some hours. It goes on by itself."
        ),
        Cause.LAPSED: env._(
            "Google no longer accepts the connection. Click Reconnect with Google; nothing is lost."
        ),
        Cause.SCOPE_MISSING: env._(
            "The box that lets the CRM use its own calendars was not ticked on Google's page. "
            "Click %s again and leave the box ticked.",
            link,
        ),
        Cause.NO_CALENDAR_SERVICE: env._(
            "Google Calendar is switched off for this Google account. "
            "Switch it on, or ask the administrator of your Google organization, then try again."
        ),
        Cause.API_DISABLED: env._(
            "The Google Calendar API is not enabled in the company's Google project. "
            "An administrator can enable it in the Google console; then try again."
        ),
        Cause.BAD_CLIENT: env._(
            "Google does not accept the company's client ID, client secret or redirect address. "
            "Ask your administrator to check them in Settings, Calendar, CRM Google Calendar."
        ),
        Cause.CODE_REFUSED: env._(
            "Google did not accept the sign-in; it may have taken too long. Click %s again.",
            link,
        ),
        Cause.DECLINED: env._(
            "You did not allow access on Google's page, so nothing was connected. "
            "Click %s to try again.",
            link,
        ),
        Cause.BARRED: env._(
            "Your Google organization does not allow this connection. "
            "Ask the administrator of your Google organization to allow it."
        ),
    }
