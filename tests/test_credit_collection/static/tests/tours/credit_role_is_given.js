import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

// The administrator opens a user and gives a role; the form holds all categories of roles.
registry.category("web_tour.tours").add("credit_role_is_given", {
    steps: () => [
        {
            content: "Access rights are on the form, ours among them",
            trigger: '.o_field_widget[name="group_ids"] .o_horizontal_separator:contains("Credit and Collection")',
        },
        {
            content: "Open the roles of credit control",
            trigger:
                '.o_field_widget[name="group_ids"] .o_cell:has(label:contains("Credit Control")) + .o_cell .o_select_menu input',
            run: "click",
        },
        {
            content: "Choose one",
            trigger: '.o-dropdown--menu .o_select_menu_item:contains("Credit Controller")',
            run: "click",
        },
        ...stepUtils.saveForm(),
    ],
});
