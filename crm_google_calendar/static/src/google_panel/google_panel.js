import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { isActive, isQuiet } from "../google_service";
import { exactText, useNow } from "../moments";
import { newsOf } from "./news";
import { progressText, syncText, waitingText } from "./sentences";

const WIZARD = "crm_google_calendar.action_crm_google_sync_wizard";
const CRM_CALENDAR = "crm_google_calendar.action_crm_calendar";
const CRM_TASKS = "crm_google_calendar.action_crm_tasks";
const DISMISSED = "crm_google_calendar.dismissed.";
const ICONS = {
    danger: "fa-exclamation-circle",
    warning: "fa-exclamation-triangle",
    success: "fa-check-circle",
    info: "fa-info-circle",
};

/** The link to Google on the calendar page: what the next step is, how far it is, how it ended. */
export class GooglePanel extends Component {
    static template = "crm_google_calendar.GooglePanel";
    static props = { onSynced: Function };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.google = useState(useService("crm_google_calendar"));
        this.state = useState({ busy: false, dismissed: {}, isOpen: false, stopping: 0 });
        this.clock = useNow(() => Boolean(this.status?.waiting_until || this.run?.waiting_until));
        this.furthest = { id: 0, percent: 0 };
        useBus(this.google.events, "changed", () => this.props.onSynced());
        onMounted(() => this.google.enter());
        onWillUnmount(() => this.google.leave());
        onWillStart(() => {
            // not awaited: the calendar never waits for this
            this.google.refresh();
        });
    }

    get status() {
        return this.google.status;
    }

    get run() {
        return this.status?.run;
    }

    /** A page of the CRM app, where the user's tasks belong beside the meetings. */
    get showsTasks() {
        return this.env.config.actionXmlId === CRM_CALENDAR;
    }

    get waiting() {
        const { state, waiting_until: until } = this.status;
        if (state === "revoking" && until) {
            return waitingText({ ...this.status, waiting_for: "transient" }, this.clock.now);
        }
        return {
            connecting: _t("Connecting to Google…"),
            revoking: _t("Revoking access…"),
        }[state];
    }

    get link() {
        const configure = { className: "o_crm_google_configure", onClick: () => this.configure() };
        return {
            disconnected: { ...configure, text: _t("Configure with Google") },
            incomplete: { ...configure, text: _t("Finish with Google") },
            choosing: { ...configure, text: _t("Finish with Google") },
            connected: {
                className: "o_crm_google_synchronize",
                text: _t("Synchronize with Google"),
                onClick: () => this.synchronize(),
            },
            reconnect: {
                className: "o_crm_google_reconnect text-warning-emphasis",
                text: _t("Reconnect with Google"),
                onClick: () => this.configure(),
            },
        }[this.status.state];
    }

    get email() {
        return this.status.state !== "disconnected" && this.status.email;
    }

    /** When the last sync was, and whether the next one comes automatically. */
    get lastSync() {
        const { state, last_sync: last } = this.status;
        return (
            state === "connected" && {
                text: syncText(this.status, this.clock.now),
                title: last ? exactText(last) : "",
            }
        );
    }

    /** What a small screen shows of it all until it is opened. */
    get glance() {
        if (this.progress) {
            return { icon: "fa-circle-o-notch fa-spin", text: this.progress.text };
        }
        const [first] = this.news;
        const icon = first ? ICONS[first.type] : "fa-chevron-down";
        return { icon, text: first?.text ?? _t("Details") };
    }

    get progress() {
        const { run } = this;
        if (!isActive(run) || isQuiet(run)) {
            return null;
        }
        const isStopping = Boolean(run.stopping) || this.state.stopping === run.id;
        return {
            percent: this.percentOf(run),
            text: progressText(run, this.clock.now),
            isStopping,
            stopText: isStopping ? _t("Stopping…") : _t("Stop"),
        };
    }

    /** How far a run is; never less than before, also where more to do has been found. */
    percentOf({ id, done, total }) {
        const percent = total ? Math.min(100, Math.round((100 * done) / total)) : 0;
        const before = this.furthest.id === id ? this.furthest.percent : 0;
        this.furthest = { id, percent: Math.max(before, percent) };
        return this.furthest.percent;
    }

    get news() {
        return newsOf(this.status, this).filter((item) => !this.isDismissed(item));
    }

    isDismissed({ topic, id }) {
        const stored = browser.sessionStorage.getItem(DISMISSED + topic);
        return (this.state.dismissed[topic] ?? stored) === String(id);
    }

    dismiss({ topic, id }) {
        this.state.dismissed[topic] = String(id);
        browser.sessionStorage.setItem(DISMISSED + topic, String(id));
    }

    async configure() {
        const { pathname, search, hash } = browser.location;
        await this.call("crm.google.account", "action_configure", [pathname + search + hash]);
    }

    async synchronize() {
        await this.action.doAction(WIZARD, { onClose: () => this.google.refresh() });
    }

    async createAgain() {
        await this.call("crm.google.account", "action_create_again", []);
    }

    async stop() {
        const { id } = this.run;
        this.state.stopping = id;
        try {
            await this.orm.call("crm.google.run", "action_stop", [[id]]);
        } catch (error) {
            this.state.stopping = 0;
            throw error;
        }
    }

    /** Start what the wizard offers by itself. */
    async synchronizeNow() {
        await this.call("crm.google.sync.wizard", "action_start_default", []);
    }

    /** Do what the preview has shown; the calendar is here already. */
    async synchronizeLikePreview() {
        await this.call("crm.google.run", "action_synchronize", [[this.run.id]], false);
    }

    async callRun(method) {
        await this.call("crm.google.run", method, [[this.run.id]]);
    }

    /** Ask before something is done that cannot be taken back by one click. */
    ask(title, body, confirm) {
        this.dialog.add(ConfirmationDialog, {
            title,
            body,
            confirmLabel: title,
            confirm,
            cancel: () => {},
        });
    }

    async openTasks() {
        await this.action.doAction(CRM_TASKS);
    }

    /** Ask the server for one thing at a time; follow the action it answers with, if any. */
    async call(model, method, args, follows = true) {
        this.state.busy = true;
        try {
            const action = await this.orm.call(model, method, args);
            if (action && follows) {
                await this.action.doAction(action, { onClose: () => this.google.refresh() });
            }
            await this.google.refresh();
        } finally {
            this.state.busy = false;
        }
    }
}
