import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

const { DateTime } = luxon;

/** How far a run is, and how long it will still take, in one sentence. */
export function progressText(run) {
    if (run.waiting_until) {
        const until = deserializeDateTime(run.waiting_until).toLocaleString(DateTime.TIME_SIMPLE);
        return _t("Google asked to wait; this goes on at %s.", until);
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

function timeLeft(seconds) {
    const minutes = Math.round(seconds / 60);
    if (seconds < 45) {
        return _t("less than a minute left");
    }
    return minutes < 2
        ? _t("about 1 minute left")
        : _t("about %s minutes left", formatInteger(minutes));
}
