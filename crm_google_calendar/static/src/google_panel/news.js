import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { isQuiet } from "../google_service";

const { DateTime } = luxon;

const RESULT_IS_NEWS_FOR = { hours: 1 };

/**
 * What the user should know now, most important first.
 *
 * Each item: topic and id (what "dismissed" is remembered by), type (Bootstrap's colour), className,
 * text (a sentence) and links ({text, className} and onClick, or href of another site).
 */
export function newsOf(status, panel) {
    return [
        resultOf(status, panel),
        messageOf(status),
        goneOf(status, panel),
        neighbourOf(status),
        hintOf(status, panel),
    ].filter(Boolean);
}

function resultOf({ state, run, message, gone }, panel) {
    const isConnected = !["disconnected", "revoking"].includes(state);
    if (!isConnected || !run?.finished || !run.summary || !isWorthTelling(run)) {
        return null;
    }
    const type = run.state === "failed" ? "danger" : needsCare(run) ? "warning" : "success";
    if (run.summary === message || (gone && type === "success")) {
        return null; // said by the other sentence, or hardly a success
    }
    return {
        topic: "result",
        id: run.id,
        type,
        className: "o_crm_google_result",
        text: run.summary,
        links: linksOf(run, panel),
    };
}

function needsCare(run) {
    return run.state !== "done" || run.set_aside || run.held;
}

function isWorthTelling(run) {
    if (run.held && run.trigger !== "preview") {
        return true;
    }
    const isRecent = deserializeDateTime(run.finished) > DateTime.now().minus(RESULT_IS_NEWS_FOR);
    return isRecent && (!isQuiet(run) || run.state === "failed");
}

function linksOf(run, panel) {
    const links = [];
    if (run.set_aside) {
        links.push({
            text: _t("See what was set aside (%s)", formatInteger(run.set_aside)),
            className: "o_crm_google_set_aside",
            onClick: () => panel.callRun("action_show_set_aside"),
        });
    }
    if (run.trigger === "preview" || run.has_log) {
        links.push({
            text: run.trigger === "preview" ? _t("See the list") : _t("See the log"),
            className: "o_crm_google_log",
            onClick: () => panel.callRun("action_open"),
        });
    }
    if (run.trigger === "preview" && run.state === "done" && run.has_log) {
        links.push({
            text: _t("Synchronize now"),
            className: "o_crm_google_synchronize_now",
            onClick: () => panel.synchronizeLikePreview(),
        });
    }
    if (run.lost) {
        links.push({
            text: _t("See it"),
            className: "o_crm_google_lost",
            onClick: () => panel.callRun("action_show_lost"),
        });
    }
    if (run.apart) {
        links.push(...linksOfApart(panel));
    }
    if (run.held && run.trigger !== "preview") {
        links.push(...linksOfHeld(run, panel));
    }
    return links;
}

function linksOfApart(panel) {
    return [
        {
            text: _t("See them"),
            className: "o_crm_google_apart",
            onClick: () => panel.call("crm.google.account", "action_show_apart", []),
        },
        {
            text: _t("Synchronize them again"),
            className: "o_crm_google_push_all",
            onClick: () => panel.call("crm.google.account", "action_push_all_again", []),
        },
    ];
}

function linksOfHeld(run, panel) {
    const { title, body } = questionOf(run);
    return [
        {
            text: _t("Show the list"),
            className: "o_crm_google_show_held",
            onClick: () => panel.callRun("action_show_held"),
        },
        {
            text: title,
            className: "o_crm_google_delete_held",
            onClick: () => panel.ask(title, body, () => panel.callRun("action_delete_held")),
        },
        {
            text: _t("Keep them"),
            className: "o_crm_google_keep_held",
            onClick: () => panel.callRun("action_keep_held"),
        },
    ];
}

/** What is done on a click, with its number and side, and what to say before it is done. */
function questionOf({ held_on: on, archives }) {
    const google = formatInteger(on.google || 0);
    const crm = formatInteger(on.crm || 0);
    const there = _t("%s entries are deleted in Google, since they were deleted in the CRM.", google);
    const here = archives
        ? _t("%s entries are archived in the CRM, since they were deleted in Google.", crm)
        : _t("%s entries stay in the CRM and are no longer synchronized, since they were deleted in Google.", crm);
    if (on.google && on.crm) {
        return { title: _t("Delete %s in Google, and more", google), body: `${there} ${here}` };
    }
    if (on.crm) {
        const title = archives
            ? _t("Archive %s in the CRM", crm)
            : _t("Stop synchronizing %s", crm);
        return { title, body: here };
    }
    return { title: _t("Delete %s in Google", google), body: there };
}

function messageOf({ message, state, gone }) {
    if (!message || gone) {
        return null;
    }
    return {
        topic: "message",
        id: `${state} ${message}`,
        type: state === "connected" ? "info" : "warning",
        className: "o_crm_google_message",
        text: message,
        links: [],
    };
}

function goneOf({ gone, state }, panel) {
    if (!gone || state === "connecting") {
        return null;
    }
    return {
        topic: "gone",
        id: "gone",
        type: "warning",
        className: "o_crm_google_gone",
        text: _t(
            "A calendar of the CRM was deleted in Google. Nothing was lost here; it can be made again with all its entries.",
        ),
        links: [
            {
                text: _t("Create again"),
                className: "o_crm_google_create_again",
                onClick: () => panel.createAgain(),
            },
        ],
    };
}

function neighbourOf({ neighbour }) {
    if (!neighbour) {
        return null;
    }
    return {
        topic: "neighbour",
        id: "neighbour",
        type: "warning",
        className: "o_crm_google_neighbour",
        text: _t(
            "Odoo's own Google synchronization is active for you as well, so your meetings stand twice in Google. Stop one of the two.",
        ),
        links: [],
    };
}

function hintOf({ state, last_sync: lastSync, email, run, gone, ...status }, panel) {
    if (state !== "connected" || lastSync || gone || run) {
        return null;
    }
    return {
        topic: "hint",
        id: email,
        type: "success",
        className: "o_crm_google_hint",
        text: _t(
            "Connected. Your new calendars in Google: %s. If they do not show there, reload Google's page.",
            status.calendars.join(", "),
        ),
        links: [
            {
                text: _t("Synchronize now"),
                className: "o_crm_google_synchronize_now",
                onClick: () => panel.synchronizeNow(),
            },
            {
                text: _t("Open Google Calendar"),
                className: "o_crm_google_open_calendar",
                href: status.calendar_page,
            },
        ],
    };
}
