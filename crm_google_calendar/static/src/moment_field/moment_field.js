import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { nearText, useNow } from "../moments";

/** A moment to be read: how long ago it was, and in full where the pointer rests. */
export class MomentField extends Component {
    static template = "crm_google_calendar.MomentField";
    static props = { ...standardFieldProps };

    setup() {
        this.clock = useNow();
    }

    get moment() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.moment ? nearText(this.moment, this.clock.now) : "";
    }

    get title() {
        return formatDateTime(this.moment);
    }
}

registry.category("fields").add("crm_google_moment", {
    component: MomentField,
    supportedTypes: ["datetime"],
});
