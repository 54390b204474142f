// Shorter texts, in words or half as many Chinese characters, are thanks and greetings unless they ask something.
const LEAST_WORDS = 4;
const ASKS = /[?？吗呢]|怎么|如何|哪|什么|几|多少|能不能|可不可以|是否|\b(?:how|what|when|where|which|who|why|can|could|do|does|is|are)\b/i;

/**
 * What to look up for a conversation: the reader's newest words that ask or tell something.
 *
 * @param {{kind: string, author: string, body: string}[]} messages
 * @param {string} question the one that opened the conversation
 * @returns {string}
 */
export function lastAsking(messages, question) {
  const asking = messages.findLast(({ kind, author, body }) => kind === "text" && author === "reader" && tellsSomething(body));
  return asking?.body ?? question;
}

/** @param {string} text */
function tellsSomething(text) {
  const chinese = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const others = text.match(/[\p{Script=Latin}\p{N}]+/gu)?.length ?? 0;
  return chinese / 2 + others >= LEAST_WORDS || ASKS.test(text);
}

/**
 * A suggestion as text for the composer, with where it comes from, in the language of the conversation.
 *
 * @param {{answer: string, question: string, published_at: string, library: {name_zh: string, name_en: string}}} hit
 * @param {{language: string}} conversation
 * @returns {string}
 */
export function sourceLine({ answer, question, published_at, library }, { language }) {
  const date = published_at.slice(0, 10);
  const source =
    language === "zh"
      ? `（来源：${library.name_zh}知识库《${question}》，${date}）`
      : `(Source: ${library.name_en}, “${question}”, ${date})`;
  return `${plainText(answer)}\n\n${source}`;
}

/**
 * Markdown as a person would type it in a chat: links keep their address, marks go.
 *
 * @param {string} markdown
 * @returns {string}
 */
export function plainText(markdown) {
  return markdown
    .replace(/!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g, (_, text, address) => (text === address ? address : `${text} ${address}`))
    .replace(/^#{1,6}\s+/gm, "")
    .replace(/(\*\*|__|~~)(.+?)\1/g, "$2")
    .replace(/`([^`]+)`/g, "$1")
    .replace(/^[ \t]*[*+]\s+/gm, "- ")
    .replace(/^>\s?/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/**
 * Put a text into what is written already: at the cursor, as paragraphs of its own.
 *
 * @param {string} written
 * @param {{start: number, end: number}} cursor
 * @param {string} text
 * @returns {{text: string, cursor: number}}
 */
export function insertAt(written, { start, end }, text) {
  const before = written.slice(0, start).trimEnd();
  const after = written.slice(end).trimStart();
  const head = before ? `${before}\n\n${text}` : text;
  return { text: after ? `${head}\n\n${after}` : head, cursor: head.length };
}
