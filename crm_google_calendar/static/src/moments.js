import { onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";

const { DateTime } = luxon;

const RIGHT_NOW = { seconds: 10 };
const SLOW_TICK = 20; // seconds
const NEAR = { hours: 24 };

/**
 * A component's clock: `now` moves on, so that what is said of moments stays true.
 *
 * isCounting: whether something counts down by the second.
 */
export function useNow(isCounting = () => false) {
    const clock = useState({ now: DateTime.now() });
    const timer = browser.setInterval(() => {
        const now = DateTime.now();
        if (isCounting() || now.diff(clock.now).as("seconds") >= SLOW_TICK) {
            clock.now = now;
        }
    }, 1000);
    onWillUnmount(() => browser.clearInterval(timer));
    return clock;
}

/** A moment of the server: "2 minutes ago" while it is near, else in the user's own format. */
export function momentText(text, now) {
    return nearText(deserializeDateTime(text), now);
}

/** The same of a moment that a field holds. */
export function nearText(moment, now = DateTime.now()) {
    if (moment < now.minus(NEAR) || moment > now.plus(NEAR)) {
        return formatDateTime(moment);
    }
    if (moment > now.minus(RIGHT_NOW) && moment <= now.plus(RIGHT_NOW)) {
        return _t("just now");
    }
    return moment.toRelative({ base: now });
}

/** In full, for who wants to know it exactly. */
export function exactText(text) {
    return formatDateTime(deserializeDateTime(text));
}

/** Until a moment: "in 20 seconds"; empty once it has come. */
export function untilText(text, now = DateTime.now()) {
    const moment = deserializeDateTime(text);
    return moment > now ? momentOfWaiting(moment, now) : "";
}

function momentOfWaiting(moment, now) {
    const seconds = Math.ceil(moment.diff(now, "seconds").seconds);
    // whole seconds, for luxon would round a countdown down to 0
    return seconds < 60
        ? now.plus({ seconds }).toRelative({ base: now, unit: "seconds" })
        : moment.toRelative({ base: now });
}

/** How often something happens: "every hour". */
export function oftenText(minutes) {
    if (minutes % 60) {
        return _t("every %s minutes", formatInteger(minutes));
    }
    return minutes === 60 ? _t("every hour") : _t("every %s hours", formatInteger(minutes / 60));
}
