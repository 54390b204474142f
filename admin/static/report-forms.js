/** The page of the forms of reports: uploads that are checked before they hold. */

import { ReportFormUpload } from "./elements/report-form-upload.js";

customElements.define("report-form-upload", ReportFormUpload);
