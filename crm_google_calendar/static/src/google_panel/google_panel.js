import { Component, onMounted, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useBus, useService } from "@web/core/utils/hooks";
import { isActive, isQuiet } from "../google_service";
import { newsOf } from "./news";
import { progressText } from "./sentences";

const { DateTime } = luxon;

const WIZARD = "crm_google_calendar.action_crm_google_sync_wizard";
const CRM_CALENDAR = "crm_google_calendar.action_crm_calendar";
const CRM_TASKS = "crm_google_calendar.action_crm_tasks";
const DISMISSED = "crm_google_calendar.dismissed.";

/** The link to Google on the calendar page: what the next step is, how far it is, how it ended. */
export class GooglePanel extends Component {
    static template = "crm_google_calendar.GooglePanel";
    static props = { onSynced: Function };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.google = useState(useService("crm_google_calendar"));
        this.state = useState({ busy: false, dismissed: {} });
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
        return this.status.run;
    }

    /** A page of the CRM app, where the user's tasks belong beside the meetings. */
    get showsTasks() {
        return this.env.config.actionXmlId === CRM_CALENDAR;
    }

    get waiting() {
        return {
            connecting: _t("Connecting to Google…"),
            revoking: _t("Revoking access…"),
        }[this.status.state];
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

    get emailTitle() {
        if (!this.status.last_sync) {
            return this.status.email;
        }
        const last = deserializeDateTime(this.status.last_sync);
        return _t("%(email)s, last synchronized: %(time)s", {
            email: this.status.email,
            time: last.toLocaleString(DateTime.DATETIME_MED),
        });
    }

    get progress() {
        const { run } = this;
        if (!isActive(run) || isQuiet(run)) {
            return null;
        }
        const percent = run.total ? Math.min(100, Math.round((100 * run.done) / run.total)) : 0;
        return { percent, text: progressText(run) };
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

    async callRun(method) {
        await this.call("crm.google.run", method, [[this.run.id]]);
    }

    async openTasks() {
        await this.action.doAction(CRM_TASKS);
    }

    /** Ask the server for one thing at a time; follow the action it answers with, if any. */
    async call(model, method, args) {
        this.state.busy = true;
        try {
            const action = await this.orm.call(model, method, args);
            if (action) {
                await this.action.doAction(action, { onClose: () => this.google.refresh() });
            }
            await this.google.refresh();
        } finally {
            this.state.busy = false;
        }
    }
}
