/** @import { Commission, FileOfCommission } from "../wire.js" */
/** @import { Visit } from "../visit.js" */
import { el, setText } from "../../ui/dom.js";
import { size } from "../../ui/file-button.js";
import { fetchFile } from "../form/files-part.js";

/** The draft to check, and what was delivered: files, the report with the code by which anybody can verify it. */
export class ResultPanel {
  root = el("section", { class: "card result", "aria-labelledby": "result-head", hidden: true });
  #visit;
  #drawn = "";
  #problem = el("p", { class: "problem", role: "alert", hidden: true });

  /** @param {Visit} visit */
  constructor(visit) {
    this.#visit = visit;
  }

  /** @param {Commission} commission */
  draw(commission) {
    const { files, report, delivered_at, objection_until, ways } = commission;
    const results = files.filter(({ purpose }) => purpose === "result" || purpose === "report");
    const drafts = files.filter(({ purpose }) => purpose === "draft");
    this.root.hidden = !results.length && !drafts.length && !report;
    const isAsked = ways.some(({ operation }) => operation === "approve_draft" || operation === "correct_draft");
    const now = JSON.stringify([results, drafts, report, delivered_at, objection_until, isAsked]);
    if (this.root.hidden || now === this.#drawn) return;
    this.#drawn = now;
    const { t } = this.#visit;
    const isDelivered = results.length > 0 || report !== null;
    this.root.replaceChildren(
      el("h2", { id: "result-head" }, isDelivered ? t("Result") : isAsked ? t("Draft to check") : t("Earlier drafts")),
      isDelivered || !isAsked ? "" : el("p", {}, t("Please compare names, papers and figures. Confirm below, or say what has to be corrected.")),
      this.#list(commission, isDelivered ? results : drafts),
      report ? this.#report(report) : "",
      objection_until ? el("p", { class: "notice" }, t("If something is wrong, please object until {time}. Without a word it is closed then.", { time: this.#visit.moment(objection_until) })) : "",
      isDelivered && drafts.length ? el("details", {}, el("summary", {}, t("Earlier drafts")), this.#list(commission, drafts)) : "",
      this.#problem,
    );
  }

  /** @param {Commission} commission @param {FileOfCommission[]} files */
  #list({ id }, files) {
    const commission = async () => ({ id });
    const tell = (/** @type {string} */ text) => {
      this.#problem.hidden = !text;
      setText(this.#problem, text);
    };
    const rows = files.map((file) => {
      const open = el("button", { type: "button", class: "link", onclick: () => void fetchFile(this.#visit, commission, file, tell) }, file.name);
      return el("li", {}, open, el("small", {}, [size(file.size_bytes), ...this.#bounds(file)].join(" · ")));
    });
    return el("ul", { class: "files" }, ...rows);
  }

  /** @param {FileOfCommission} file */
  #bounds({ expires_at, fetches_left }) {
    const { t, texts } = this.#visit;
    const told = [];
    if (expires_at) told.push(t("until {time}", { time: this.#visit.moment(expires_at) }));
    if (fetches_left !== null) told.push(texts.count(fetches_left, "can be fetched once more", "can be fetched {count} more times"));
    return told;
  }

  /** @param {import("../wire.js").Report} report */
  #report({ number, code, issued_at }) {
    const { t } = this.#visit;
    const facts = [
      number ? [t("Report number"), number] : null,
      code ? [t("Verification code"), el("a", { href: `${this.#visit.told.base}reports/check/${code}?lang=${this.#visit.told.tag}` }, code)] : null,
      issued_at ? [t("Issued"), this.#visit.texts.date(issued_at)] : null,
    ].filter((each) => each !== null);
    return el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
  }
}
