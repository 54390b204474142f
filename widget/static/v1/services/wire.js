/**
 * What the commissions' interface sends and takes. Types only.
 *
 * @typedef {Record<string, any>} Values
 * @typedef {{name: string, email: string, phone: string, organisation: string, address: string}} Contact
 * @typedef {{kind: string, title: string, tax_number: string, email: string, note: string}} Invoice
 * @typedef {{values: Values, contact: Contact, invoice: Invoice}} FormParts
 * @typedef {{key: string, operation: string | null, label: string, reason: "none" | "optional" | "required", to: string, missing: string[]}} Way
 * @typedef {{seq: number, kind: string, key: string, label: string, by: "reader" | "librarian" | "system", name: string | null, body: string, details: Record<string, any>, from_label: string | null, to_label: string | null, created_at: string}} Entry
 * @typedef {{id: string, purpose: string, name: string, media_type: string, size_bytes: number, is_from_library: boolean, created_at: string, expires_at: string | null, fetches_left: number | null}} FileOfCommission
 * @typedef {{key: string, label: {zh: string, en: string}, unit: {zh: string, en: string} | null, quantity: string, unit_amount: string, amount: string, percent: string | null}} PriceLine
 * @typedef {{id: string, number: number, state: string, lines: PriceLine[], reckoned: string, total: string, currency: string, days: number, note: string, created_at: string, valid_until: string}} Quote
 * @typedef {{number: string | null, code: string | null, pdf_file_id: string | null, docx_file_id: string | null, issued_at: string | null}} Report
 *
 * @typedef {object} Commission
 * @property {string} id
 * @property {string} number
 * @property {string} code
 * @property {string} service
 * @property {string} title
 * @property {string} state
 * @property {string} state_label
 * @property {string} told
 * @property {"reader" | "library" | "nobody"} acts
 * @property {boolean} is_end
 * @property {string} library_zh
 * @property {string} library_en
 * @property {string} service_library_zh
 * @property {string} service_library_en
 * @property {string | null} searcher
 * @property {string | null} price
 * @property {string} currency
 * @property {string} payment_state
 * @property {string} payment_order
 * @property {number | null} days
 * @property {string} created_at
 * @property {string | null} submitted_at
 * @property {string | null} due_at
 * @property {boolean} is_overdue
 * @property {boolean} has_news
 * @property {string} updated_at
 * @property {number} revision
 * @property {Values} form
 * @property {Partial<Contact>} contact
 * @property {Partial<Invoice>} invoice
 * @property {boolean} is_form_open
 * @property {string | null} delivered_at
 * @property {string | null} objection_until
 * @property {number | null} stars
 * @property {string | null} comment
 * @property {number} last_seq
 * @property {Way[]} ways
 * @property {Quote[]} quotes
 * @property {Report | null} report
 * @property {FileOfCommission[]} files
 * @property {Entry[]} entries the newest, in order
 * @property {number | null} earlier continues them backwards
 *
 * @typedef {object} Payment
 * @property {string} currency
 * @property {string} owed
 * @property {string} open
 * @property {boolean} is_called_for
 * @property {{zh?: string, en?: string}} how_to_pay
 * @property {{kind: string, method: string, state: string, amount: string, currency: string, note: string, created_at: string}[]} lines
 * @property {{number: string, amount: string, currency: string} | null} invoice
 *
 * @typedef {{field: string, message: string}} FieldProblem
 * @typedef {{commission: Commission, problems: FieldProblem[]}} SavedForm
 * @typedef {{currency: string, total: string, days: number, order: string, lines: PriceLine[]}} Estimate
 * @typedef {{title?: string, authors?: string[], journal?: string, year?: number, volume?: string, issue?: string, pages?: string, doi?: string, issn?: string, accession?: string, as_given?: string, record?: number, [name: string]: any}} Paper
 * @typedef {{code: string, paper: number, record: number, message: string, other: number | null}} PaperRemark
 * @typedef {{form: string, papers: Paper[], remarks: PaperRemark[]}} PaperList
 */
export {};
