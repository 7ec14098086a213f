import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const PATIENCE = 30000; // milliseconds until an answer counts as missing

/**
 * Test client: asks Google about the client as it is typed, and says beside the button what came of
 * it. Nothing is saved, and nothing else that was typed is lost.
 */
export class ClientTest extends Component {
    static template = "crm_google_calendar.ClientTest";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.google = useService("crm_google_calendar");
        this.state = useState({ asking: false, verdict: null });
        const forget = this.google.hearVerdicts((verdict) => this.show(verdict));
        onWillUnmount(() => {
            forget();
            browser.clearTimeout(this.timer);
        });
    }

    async ask() {
        const { record } = this.props;
        Object.assign(this.state, { asking: true, verdict: null });
        try {
            await record.isDirty(); // fields hand over what is being typed
            const { crm_google_client_id: id, crm_google_client_secret: secret } = record.data;
            const args = [id || "", secret || ""];
            const verdict = await this.orm.call(record.resModel, "crm_google_test_client", args);
            if (verdict) {
                this.show(verdict);
            } else if (this.state.asking) {
                this.timer = browser.setTimeout(() => this.giveUp(), PATIENCE);
            }
        } catch (error) {
            this.state.asking = false;
            throw error;
        }
    }

    show(verdict) {
        browser.clearTimeout(this.timer);
        Object.assign(this.state, { asking: false, verdict });
    }

    giveUp() {
        const message = _t(
            "No answer has come yet. Make sure that scheduled actions run on this server, then test again.",
        );
        this.show({ type: "warning", message });
    }
}

registry.category("view_widgets").add("crm_google_client_test", { component: ClientTest });
