/** The live parts of one commission: copied papers, kept text, files on their way, the form of the work log. */

import { openStorage, Shelf } from "/widget/v1/lib/shelf.js";
import { CommissionUpload } from "./elements/commission-upload.js";
import { CopyText } from "./elements/copy-text.js";
import { KeptText } from "./elements/kept-text.js";
import { WorkLog } from "./elements/work-log.js";

// What is half written belongs to the tab: somebody else at the same machine must not find it.
const shelf = new Shelf(openStorage(() => sessionStorage), "wenjin.commission.");
KeptText.shelf = shelf;
WorkLog.shelf = shelf;

customElements.define("copy-text", CopyText);
customElements.define("kept-text", KeptText);
customElements.define("work-log", WorkLog);
customElements.define("commission-upload", CommissionUpload);
