"""What a node may set about its public answers site. Switched off, it is off for everything below."""

from qa_server.network.setting_definitions import Definition, boolean, define, text

_SHOWN = ("公开知识库网站与 OAI-PMH", "Public answers site and OAI-PMH")
_ZH = ("知识库网站中文标题", "Title of the answers site in Chinese")
_EN = ("知识库网站英文标题", "Title of the answers site in English")
IS_SHOWN = define(Definition("answers.is_shown", "boolean", True, boolean, *_SHOWN))
TITLE_ZH = define(Definition("answers.title_zh", "text", "", text, *_ZH))
TITLE_EN = define(Definition("answers.title_en", "text", "", text, *_EN))
