import { AttendeeCalendarController } from "@calendar/views/attendee_calendar/attendee_calendar_controller";
import { patch } from "@web/core/utils/patch";
import { GooglePanel } from "./google_panel";

AttendeeCalendarController.components = { ...AttendeeCalendarController.components, GooglePanel };

patch(AttendeeCalendarController.prototype, {
    /** Show what a run has brought from Google. */
    async onGooglePanelSynced() {
        await this.model.load();
    },
});
