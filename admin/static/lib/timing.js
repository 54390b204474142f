/**
 * Times as a person at the desk reads them, in the time zone of the own library, like on every other page.
 *
 * @param {string} language
 * @param {string} timeZone
 * @returns {{clockTime: (iso: string) => string, fullTime: (iso: string) => string}} the time of day, with the date when
 *   it is another day; and always both
 */
export function timeTexts(language, timeZone) {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeZone });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  const both = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone });
  return {
    clockTime: (iso) => {
      const moment = new Date(iso);
      return (day.format(moment) === day.format() ? time : both).format(moment);
    },
    fullTime: (iso) => both.format(new Date(iso)),
  };
}
