import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { momentText, oftenText, untilText } from "../moments";

/** How far a run is, and how long it will still take, in one sentence. */
export function progressText(run, now) {
    if (run.waiting_until) {
        return waitingText(run, now);
    }
    if (run.state === "queued") {
        return _t("Waiting to start…");
    }
    if (!run.total) {
        return _t("Looking for changes…");
    }
    const counts = { done: formatInteger(run.done), total: formatInteger(run.total) };
    if (run.left_seconds === false || run.left_seconds === undefined) {
        return _t("%(done)s of %(total)s", counts);
    }
    return _t("%(done)s of %(total)s, %(time)s", { ...counts, time: timeLeft(run.left_seconds) });
}

/** What is waited for, and when the next try comes. */
export function waitingText({ waiting_for: cause, waiting_until: until }, now) {
    const time = untilText(until, now);
    if (!time) {
        return _t("Trying again…");
    }
    switch (cause) {
        case "rate_limited":
            return _t("Google asked to slow down. Next try %s.", time);
        case "quota_used_up":
            return _t("Google accepts no more changes for now. Next try %s.", time);
        case "transient":
            return _t("Google cannot be reached. Next try %s.", time);
        default:
            return _t("This goes on %s.", time);
    }
}

/** When the last sync was, and whether the next one comes automatically. */
export function syncText({ last_sync: last, auto_minutes: minutes }, now) {
    const often = minutes && oftenText(minutes);
    if (!last) {
        return often
            ? _t("Not synchronized yet · automatic %s", often)
            : _t("Not synchronized yet · automatic sync is off");
    }
    const time = momentText(last, now);
    return often
        ? _t("Last sync %(time)s · automatic %(often)s", { time, often })
        : _t("Last sync %(time)s · automatic sync is off", { time });
}

function timeLeft(seconds) {
    const minutes = Math.round(seconds / 60);
    if (seconds < 45) {
        return _t("less than a minute left");
    }
    return minutes < 2
        ? _t("about 1 minute left")
        : _t("about %s minutes left", formatInteger(minutes));
}
