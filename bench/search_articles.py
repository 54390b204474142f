"""Articles from templates for bench/search.py: as many as wanted, clustered as real questions are, always the same."""

import random
from collections.abc import Iterator

from knowledge.labelled import LabelledArticle

LIBRARIES = 50
_WORDS = {
    "place": "总馆 分馆 医学馆 法学馆 理科馆 东校区 西校区 南校区 北校区 新馆 老馆 院系资料室",
    "thing": "图书 期刊 电子书 学位论文 数据库 座位 研讨间 储物柜 打印 复印 扫描 雨伞 耳机 讲座 培训 古籍 报纸",
    "deed": "借 还 续借 预约 取消 转借 丢失 损坏 下载 访问 检索 引用 推荐 捐赠 投诉 报名 退款 延期",
    "people": "本科生 研究生 博士 教师 校友 留学生 访客 退休职工 新生 访问学者",
}
_CHINESE = (
    "怎么{deed}{thing}？|{people}能在{place}{deed}{thing}吗|{place}{thing}{deed}多久|{deed}{thing}收费吗，{people}"
)
_ENGLISH = "How does a {n} visitor handle item {m} at branch {k}?|branch {k} item {m} rules for reader type {n}"


def articles(count: int, *, seed: int) -> Iterator[LabelledArticle]:
    """Yield so many articles, a quarter of them English."""
    generator = random.Random(seed)
    words = {name: listed.split() for name, listed in _WORDS.items()}
    for number in range(count):
        names = {name: generator.choice(listed) for name, listed in words.items()}
        one, other = (pattern.format(**names) for pattern in generator.sample(_CHINESE.split("|"), 2))
        english = generator.choice(_ENGLISH.split("|")).format(n=number % 97, m=number % 1009, k=number % 31)
        is_english = number % 4 == 0
        yield LabelledArticle(
            id=f"a{seed}.{number}",
            question=english if is_english else f"{one}（{number % 9973}）",
            alternates=(other,),
            answer=f"{names['people']}请到{names['place']}服务台办理{names['thing']}，第 {number % 500} 号窗口。",
            language="en" if is_english else "zh",
            library=f"L{number % LIBRARIES}",
        )
