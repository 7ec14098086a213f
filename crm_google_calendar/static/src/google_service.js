import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { EventBus, reactive } from "@odoo/owl";

// Messages come by the bus; this is only for a page that has lost its bus.
const ASK_AGAIN_AFTER = 10000;

export function isActive(run) {
    return Boolean(run) && ["queued", "running"].includes(run.state);
}

/** Runs that nobody started by hand stay in the background unless they need an answer. */
export function isQuiet(run) {
    return ["auto", "save", "push", "visit"].includes(run.trigger);
}

/**
 * The user's Google connection as the server sees it, shared by all pages of a tab.
 *
 * `status` is null until a page has asked for it, or the server has sent it. `events` triggers
 * "changed" when a run of this user has brought something since then. A panel that comes on screen
 * (`enter`, `leave`) shows some sentences itself, and one that hears verdicts on the Google client
 * shows these.
 */
export const googleService = {
    dependencies: ["bus_service", "notification", "orm"],

    start(env, { bus_service: bus, notification, orm }) {
        const google = reactive({ status: null, events: new EventBus(), refresh, enter, leave, hearVerdicts });
        let timer;
        let panels = 0;
        const listeners = new Set(); // of verdicts
        let takeBack = () => {}; // the last notification, if a panel says the same

        function enter() {
            panels++;
            takeBack();
        }

        function leave() {
            panels--;
        }

        /** Returns what ends it. */
        function hearVerdicts(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        }

        function tell(verdict) {
            if (!listeners.size) {
                notification.add(verdict.message, { type: verdict.type, sticky: true });
            }
            listeners.forEach((listener) => listener(verdict));
        }

        async function refresh() {
            try {
                receive(await orm.silent.call("crm.google.account", "get_status"));
            } catch {
                // the calendar must work without us: no panel is the answer to any failure
                askAgain();
            }
        }

        function askAgain() {
            browser.clearTimeout(timer);
            if (isUnderWay(google.status)) {
                timer = browser.setTimeout(refresh, ASK_AGAIN_AFTER);
            }
        }

        function notify({ message, type, sticky }, status) {
            const isSaidThere = isInPanel(message, status);
            if (!(panels && isSaidThere)) {
                const close = notification.add(message, { type, sticky });
                takeBack = isSaidThere ? close : takeBack;
            }
        }

        function receive({ notice, verdict, ...status }) {
            if (notice) {
                notify(notice, status);
            }
            if (verdict) {
                tell(verdict);
            }
            if (!status.state) {
                return;
            }
            const before = google.status;
            if (status.run && before?.run?.id === status.run.id) {
                status.run.stopping ??= before.run.stopping; // told to who asks, not on the way
            }
            google.status = status;
            if (before && hasNews(before, status)) {
                google.events.trigger("changed");
            }
            askAgain();
        }

        bus.subscribe("crm_google_calendar/status", receive);
        bus.start();
        return google;
    },
};

function isUnderWay(status) {
    return ["connecting", "revoking"].includes(status?.state) || isActive(status?.run);
}

function isInPanel(message, status) {
    return [status.run?.summary, status.message].includes(message);
}

/** Whether records on a page may be older than the database: a run has ended, or changed some. */
function hasNews(before, status) {
    const hasEnded = isActive(before.run) && !isQuiet(before.run) && !isActive(status.run);
    return hasEnded || status.changed_here !== before.changed_here;
}

registry.category("services").add("crm_google_calendar", googleService);
