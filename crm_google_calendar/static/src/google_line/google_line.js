import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { exactText, momentText, useNow } from "../moments";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The line of a form that says how its record stands in Google, and what can be done about it.
 *
 * It asks by itself, after the form was shown or saved: no form waits for Google's state. Whatever
 * ends one of the user's runs lets it ask again.
 */
export class GoogleLine extends Component {
    static template = "crm_google_calendar.GoogleLine";
    static props = { ...standardWidgetProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.google = useState(useService("crm_google_calendar"));
        this.state = useState({ line: false, busy: false });
        this.latest = new KeepLast();
        this.clock = useNow();
        useEffect(
            () => {
                this.ask();
            },
            () => [this.props.record.resId, this.props.record.dirty, ...this.lastRun],
        );
    }

    /** What tells that a run of the user's has ended. */
    get lastRun() {
        const { last_sync: lastSync, run } = this.google.status ?? {};
        return [lastSync, run?.id, run?.state];
    }

    get since() {
        const { since } = this.state.line;
        return since && { text: momentText(since, this.clock.now), title: exactText(since) };
    }

    get button() {
        return {
            linked: { text: _t("Open in Google"), method: "action_crm_google_open" },
            set_aside: { text: _t("Retry"), method: "action_crm_google_retry" },
            detached: { text: _t("Push again"), method: "action_crm_google_push_again" },
        }[this.state.line.state];
    }

    async ask() {
        const { resId, resModel, dirty } = this.props.record;
        if (dirty) {
            return; // what is written now is news once it is saved
        }
        try {
            const asked = resId ? this.orm.silent.call(resModel, "crm_google_line", [resId]) : false;
            this.state.line = await this.latest.add(Promise.resolve(asked));
        } catch {
            // the form must work without us: it keeps what it said last
        }
    }

    /** As a button of the form: what was written is saved first. */
    async press() {
        const { record } = this.props;
        const { method } = this.button;
        this.state.busy = true;
        try {
            if (await record.save()) {
                const action = await this.orm.call(record.resModel, method, [record.resId]);
                await this.action.doAction(action);
                await this.ask();
            }
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("crm_google_line", { component: GoogleLine });
