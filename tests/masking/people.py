"""Fictional people and their numbers for the test set: drawn by chance, valid where a check digit makes them so."""

from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "皇甫", "东方", "尉迟", "公孙")
_GIVEN = "晓明轩婷雨欣子涵浩然思远佳怡志强丽娜建国海燕俊杰雪梅文博梦琪宇航嘉宁若曦天翔敏芳静怡泽洋一诺可心书瑶鹏飞凯琳"
_FIRST = ("Emily", "James", "Priya", "Tomás", "Hannah", "Oliver", "Mei", "Sofia", "Ahmed", "Grace", "Noah", "Yuki")
_LAST = ("Hartley", "Okafor", "Lindqvist", "Novak", "Fernandes", "Whitcombe", "Baxter", "Sharma", "Moreau", "Tanaka")
_AREAS = ("110105", "310104", "440106", "320102", "330106", "420111", "510107", "610113", "350203", "210102")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋陕吉闽贵粤川青琼"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class People:
    """Draws values; the same chance gives the same people."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def value(self, slot: str) -> str:
        """Return a value for a slot such as `phone.mobile`; the part before the dot is the kind of the label."""
        made = getattr(self, "_" + slot.replace(".", "_"))()
        assert isinstance(made, str)
        return made

    def digits(self, count: int, first: str = "123456789") -> str:
        """Return that many digits."""
        return self._chance.choice(first) + "".join(self._chance.choices("0123456789", k=count - 1))

    def _name(self) -> str:
        surname = self._chance.choice(_DOUBLE) if self._chance.random() < 0.06 else self._chance.choice(_SURNAMES)
        return surname + "".join(self._chance.choices(_GIVEN, k=1 if self._chance.random() < 0.25 else 2))

    def _name_surname(self) -> str:
        return self._chance.choice(_SURNAMES)

    def _name_en(self) -> str:
        return f"{self._chance.choice(_FIRST)} {self._chance.choice(_LAST)}"

    def _name_first(self) -> str:
        return self._chance.choice(_FIRST)

    def _phone_mobile(self) -> str:
        return "1" + self._chance.choice("35789") + self.digits(9, "0123456789")

    def _phone_spaced(self) -> str:
        plain = self._phone_mobile()
        gap = self._chance.choice(" -")
        return f"{plain[:3]}{gap}{plain[3:7]}{gap}{plain[7:]}"

    def _phone_land(self) -> str:
        return f"{self._chance.choice(('010', '021', '0571', '0755', '027'))}-{self.digits(8, '2345678')}"

    def _phone_abroad(self) -> str:
        return self._chance.choice(
            (
                f"+86 {self._phone_mobile()}",
                f"+1 {self.digits(3, '23456789')}-555-{self.digits(4)}",
                f"+44 7{self.digits(3)} {self.digits(6)}",
                f"+852 {self.digits(4, '569')} {self.digits(4)}",
            )
        )

    def _phone_wide(self) -> str:
        return self._phone_mobile().translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    def _phone_words(self) -> str:
        return self._phone_mobile().translate(str.maketrans("0123456789", "零幺二三四五六七八九"))

    def _id_card(self) -> str:
        body = self._chance.choice(_AREAS) + self._birthday("%04d") + self.digits(3, "0123456789")
        check = "10X98765432"[sum(int(a) * b for a, b in zip(body, _WEIGHTS, strict=True)) % 11]
        return body + check

    def _id_card_old(self) -> str:
        return self._chance.choice(_AREAS) + self._birthday("%02d") + self.digits(3, "0123456789")

    def _birthday(self, year: str) -> str:
        born = self._chance.randint(1950, 2007)
        return (
            year % (born if "4" in year else born % 100)
        ) + f"{self._chance.randint(1, 12):02}{self._chance.randint(1, 28):02}"

    def _card_number_student(self) -> str:
        return f"20{self._chance.randint(18, 26)}{self.digits(self._chance.choice((4, 6, 7)))}"

    def _card_number_letters(self) -> str:
        return self._chance.choice(("S", "T", "B", "PB", "SA")) + self.digits(8)

    def _card_number_library(self) -> str:
        return self.digits(self._chance.choice((8, 10, 12)))

    def _email(self) -> str:
        user = self._chance.choice(("xiaoyu", "m.hartley", "zhang_wei", "li2024", "happycat", "j-okafor"))
        host = self._chance.choice(("example.edu.cn", "mail.example.com", "stu.example.edu", "example.org"))
        return f"{user}{self._chance.randint(1, 99)}@{host}"

    def _account_wechat(self) -> str:
        return self._chance.choice(("wxid_", "lovely_", "Rain-", "bookworm")) + self.digits(5)

    def _account_qq(self) -> str:
        return self.digits(self._chance.choice((8, 9, 10)))

    def _plate(self) -> str:
        return self._chance.choice(_PROVINCES) + self._chance.choice(_PLATE_LETTERS[:8]) + self.digits(5)

    def _plate_green(self) -> str:
        return f"{self._chance.choice(_PROVINCES)}{self._chance.choice(_PLATE_LETTERS[:8])}D{self.digits(5)}"

    def _address_dorm(self) -> str:
        room, house = self._chance.randint(101, 690), self._chance.randint(1, 9)
        garden, unit = self._chance.choice("紫荆榴桂竹"), self._chance.randint(2, 6)
        return self._chance.choice(
            (f"{garden}园{house}号楼{room}室", f"西区宿舍{house}栋{room}", f"学生公寓{house}号楼{unit}单元{room}")
        )

    def _address_home(self) -> str:
        number, house, room = (
            self._chance.randint(1, 300),
            self._chance.randint(1, 30),
            self._chance.randint(101, 990),
        )
        return self._chance.choice(
            (
                f"浙江省杭州市西湖区文新路{number}号{house}幢{room}室",
                f"北京市海淀区双清路{number}号院{house}号楼{room}",
                f"武汉市洪山区珞喻路{number}号",
                f"上海市杨浦区国权路{number}弄{house}号{room}室",
            )
        )

    def _address_en(self) -> str:
        street = self._chance.choice(("Maple", "Station", "College", "Elm"))
        return f"{self._chance.randint(2, 199)} {street} {self._chance.choice(('Street', 'Road', 'Avenue'))}"

    def _bank_card(self) -> str:
        body = self._chance.choice(("622848", "621226", "433670", "552534")) + self.digits(self._chance.choice((9, 12)))
        total = 0
        for place, digit in enumerate(reversed(body)):
            doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
            total += doubled - 9 if doubled > 9 else doubled
        return body + str(-total % 10)

    def _ip(self) -> str:
        parts = [self._chance.choice(("10", "172", "59", "202", "115"))]
        return ".".join([*parts, *(str(self._chance.randint(16, 250)) for _ in range(3))])
