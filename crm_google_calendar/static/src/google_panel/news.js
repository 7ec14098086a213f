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
    if (run.held) {
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
    if (run.held && run.trigger !== "preview") {
        links.push(
            {
                text: _t("Delete them"),
                className: "o_crm_google_delete_held",
                onClick: () => panel.callRun("action_delete_held"),
            },
            {
                text: _t("Keep them"),
                className: "o_crm_google_keep_held",
                onClick: () => panel.callRun("action_keep_held"),
            },
        );
    }
    return links;
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
