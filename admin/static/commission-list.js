/** The list of commissions by keyboard: j and k go down and up, Enter opens, / goes to the search. */

import { CommissionList } from "./elements/commission-list.js";

customElements.define("commission-list", CommissionList);
