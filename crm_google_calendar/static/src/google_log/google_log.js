import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";

/** The log of a run: a row opens the record that it is about. */
export class GoogleLog extends X2ManyField {
    setup() {
        super.setup();
        this.action = useService("action");
    }

    async openRecord({ resModel, resId }) {
        await this.action.doActionButton({
            type: "object",
            name: "action_open_record",
            resModel,
            resId,
            resIds: [resId],
        });
    }
}

registry.category("fields").add("crm_google_log", { ...x2ManyField, component: GoogleLog });
