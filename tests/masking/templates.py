"""Sentences of the test set. `<slot>` is filled by chance and labelled; what has no slot is a trap or plain talk.

`TUNE` may be looked at while rules are written. `HELD_OUT` was written before them and is only measured.
"""

OPENINGS_ZH = ("老师好", "你好，请问", "您好！", "在吗？想咨询一个问题", "馆员老师您好，", "")
OPENINGS_EN = ("Hi there", "Hello,", "Good morning!", "Hi, quick question", "")
CLOSINGS_ZH = ("好的谢谢老师！", "谢谢您，明白了", "太感谢了", "OK，收到")
CLOSINGS_EN = ("Thanks a lot!", "Great, thank you.", "Perfect, that helps.", "Ok cheers")

TUNE_ZH: tuple[tuple[str, str], ...] = (
    (
        "我叫<name>，学号<card_number.student>，借的书还不上系统显示逾期，怎么办？",
        "请带校园卡到一层总服务台，工作人员会帮您核对。",
    ),
    (
        "我是<name>，手机<phone.mobile>，预约的研讨间能改到14:00-16:00吗？",
        "研讨间可以在系统里取消后重新预约，每次最长4小时。",
    ),
    (
        "密码忘了登不上，学号：<card_number.student>，身份证<id_card>",
        "初始密码是证件号后六位，可以在登录页点“忘记密码”。",
    ),
    ("我的邮箱是<email>，文献传递的全文一直没收到", "文献传递一般1-2个工作日，请先看一下垃圾邮件。"),
    ("麻烦把全文发到<email>，标题是《数字人文导论》2019年版", "已提交请求，CALIS文献传递费用是每篇3元。"),
    ("我加您微信吧，我的微信号<account.wechat>", "不好意思，我们只通过咨询台答复。"),
    ("有事可以加我QQ：<account.qq>", "好的，不过请直接在这里留言。"),
    ("我住<address.dorm>，能送书到宿舍吗？", "目前只提供图书馆自取，自助借书柜在B1层。"),
    ("图书邮寄到<address.home>要多少钱？", "邮寄还书自付快递费，首重12元。"),
    ("我的车牌<plate>，开车来图书馆停哪里？", "校外车辆请停东门地下车库，每小时5元。"),
    ("新能源车 <plate.green> 能进校吗", "需要提前一天在保卫处小程序预约。"),
    ("读者证押金退到银行卡<bank_card>可以吗", "押金100元原路退回，一般7个工作日到账。"),
    ("校外访问显示我的IP是<ip>，为什么不能下载？", "校外请先登录VPN或CARSI，再从数据库导航进入。"),
    ("读者证号<card_number.library>，为什么显示已挂失？", "挂失满3天会自动冻结，请到总服务台恢复。"),
    (
        "借书证号是<card_number.library>，想续借《红楼梦》I242.4/C12",
        "预约的书不能续借，其他书每本可续借2次，每次30天。",
    ),
    ("请联系我，电话<phone.land>", "已记录，会在24小时内答复。"),
    ("我在国外，电话<phone.abroad>，怎么用数据库", "用学校统一身份认证走CARSI即可。"),
    ("我电话<phone.spaced>，谢谢", "好的，预约书到馆后会短信通知，保留5天。"),
    ("手机号 <phone.wide>，我叫<name>", "收到，请问您的问题是什么？"),
    ("我同学<name>的书丢了，可以我替他赔吗", "可以，按原价的2倍赔偿或购买同版本图书。"),
    ("我的导师是<name>教授，论文查收查引可以让学生代办吗？", "可以，请填写委托单并上传论文题录。"),
    (
        "姓名：<name>\n学号：<card_number.student>\n电话：<phone.mobile>\n想开具论文收录证明",
        "查收查引委托请在网上提交，一般3个工作日出报告。",
    ),
    ("老师我身份证号<id_card>，能不能办校外读者证？", "校外读者凭身份证原件和单位介绍信办理，押金300元。"),
    ("老身份证<id_card.old>还能用来办证吗", "15位的旧证已停用，请换领后再来办理。"),
    ("上次是<name.surname>老师帮我弄的，她今天在吗", "她周三值班，您也可以直接问我。"),
    ("我姓<name.surname>，昨天还书时少扫了一本", "好的，请提供书的条形码，我查一下归还记录。"),
    ("《平凡的世界》作者路遥的书在几楼？索书号I247.57/L865", "在三层文学借阅区，书架号3-12-05。"),
    ("ISBN 978-7-302-51234-5 的书有吗？", "馆藏2册，条形码 30012345678901，一册在架。"),
    ("ISSN 1000-0135 的期刊2018年第3期在哪看？", "在四层过刊阅览室，页码是215-223。"),
    ("DOI 10.1016/j.lisr.2021.101234 全文打不开", "这篇在ScienceDirect，请确认已连接校园网。"),
    ("周末几点开门？国庆10月1日-7日呢？", "周末8:00-22:00，10月1日至3日闭馆，4日起8:30-17:00。"),
    ("2023-2024学年的学位论文怎么提交？", "登录提交系统，审核约3个工作日，编号形如LW20240315。"),
    ("打印多少钱一张？", "黑白0.1元，彩色1元，可刷校园卡或扫码支付，充值最低10元。"),
    ("研讨间302能坐几个人？", "302是6人间，305是12人间，需要3人以上签到。"),
    ("我是大三学生，能借几本？", "本科生可借20册，借期60天，超期每天每册0.1元。"),
    ("校外读者可以进馆吗？我是校友", "校友凭校友卡可进馆阅览，每周二下午不接待。"),
    ("中国知网显示并发数已满", "并发数为200，建议避开10:00-11:00高峰，或使用万方。"),
    ("图书馆电话是多少？", "总服务台电话010-62751051，邮箱 lib@example.edu.cn，地址在图书馆一层。"),
    ("馆际互借联系谁", "请联系文献传递组，电话 0571-87951234，邮箱ill@example.edu.cn。"),
    ("老师您好，请问时间方面有要求吗？", "没有特别要求，方便的时候来即可，高峰时段可能要等。"),
    ("我叫不到车，能远程做查新吗？", "可以，查新委托在线提交，国内查新10个工作日。"),
    ("我是研究生，想学习EndNote 20.4，有培训吗", "每周三14:00在201培训教室，名额40人，无需报名。"),
    ("任何人都可以借平板吗？", "本校师生都可以，押金0元，每次7天。"),
    ("金融方面的数据库有哪些？", "有Wind、CSMAR、EPS，Wind需到二层电子阅览室使用。"),
    ("请问周报和简报在哪里下载", "在主页“信息服务”栏目，最新一期是2024年第12期。"),
    ("文献标题：Zhang et al., 2020, Nature 580:123-128，帮我找全文", "已找到，发到您注册时的邮箱了。"),
    ("罗马数字的页码也要写进参考文献吗？GB/T 7714-2015", "要，按原文著录，例如 III-XII。"),
    (
        "我叫<name>，我室友<name>和我一起预约的座位A区115，她没签到会扣我信用分吗？",
        "信用分按个人计算，初始100分，低于60停用7天。",
    ),
    ("是这样的，<name>同学上周借了我的卡，卡号<card_number.library>，后来丢了", "请先在系统挂失，补卡工本费20元。"),
    ("打原来的电话打不通，用这个<phone.words>", "好的，已记录。"),
)

TUNE_EN: tuple[tuple[str, str], ...] = (
    (
        "My name is <name.en> and my student ID is <card_number.student>. I can't renew my books.",
        "Books requested by others cannot be renewed; the limit is 2 renewals of 30 days.",
    ),
    (
        "I'm <name.en>, you can reach me at <email> or <phone.abroad>.",
        "Thanks, the document usually arrives within 2 working days.",
    ),
    (
        "This is <name.first>, my library card number is <card_number.library>. Is my fine paid?",
        "Fines are 0.10 per day; yours would show in My Account.",
    ),
    (
        "I live at <address.en>, do you deliver books?",
        "We do not deliver, but the book locker on level B1 is open 24/7.",
    ),
    ("My IP is <ip> and JSTOR says access denied", "Please connect to the VPN and enter through the A-Z list."),
    ("Call me on <phone.mobile> please", "We answer here or by e-mail within 24 hours."),
    (
        "I study with Professor <name.en>, can I ask for a citation report for her?",
        "Yes, please fill in the request form; it takes 3 working days.",
    ),
    ("My WeChat is <account.wechat>", "Sorry, we only answer here."),
    ("Do you have ISBN 978-0-13-468599-1?", "Yes, 3 copies, call number QA76.73 .P98, barcode 39012345678901."),
    ("What are the opening hours on 2024-10-01?", "Closed on 1-3 October, otherwise 8:30am-10pm."),
    ("How much is colour printing?", "1.00 yuan per A4 page, 0.10 black and white; top up at least 10.00."),
    ("Where is room 302?", "Third floor, past the 200-seat reading room."),
    ("I am a visiting scholar, may I borrow?", "Visiting scholars may borrow 20 books for 60 days."),
    (
        "doi:10.1038/s41586-020-2649-2 is not opening",
        "It is open access; try https://doi.org/10.1038/s41586-020-2649-2.",
    ),
    ("What is the desk's phone number?", "The service desk is 010-62751051, e-mail library@example.edu.cn."),
    ("Can you find Smith and Jones (2019) in Nature 565, 123-130?", "Here is the record; it is in our subscription."),
    ("I am writing about Jane Austen, any databases?", "Try MLA and Literature Online; the handout covers 1800-1850."),
    ("My passport card charge was refunded to <bank_card>, right?", "Refunds take 7 working days."),
    ("Student number <card_number.letters>, I lost my card", "Please block it in My Account; a new one costs 20 yuan."),
    ("Dear <name.first>, thank you for the last answer", "You are welcome."),
)

HELD_OUT_ZH: tuple[tuple[str, str], ...] = (
    ("您好，本人<name>，证件号码<id_card>，想注销读者证退押金", "请本人携带证件到馆办理，押金100元。"),
    ("我这边是机械学院的<name>，工号<card_number.student>，能代学生借书吗", "教师可借40册，代借需要出示双方校园卡。"),
    ("联系方式：<phone.mobile>（<name>）", "好的，到书后联系您，预约保留5天。"),
    ("方便的话请回复到<email>，谢谢", "已回复，请查收，附件2个。"),
    ("我宿舍在<address.dorm>，晚上十点半以后还能还书吗", "一层门外的自助还书机24小时可用。"),
    ("校园卡号<card_number.library>刷不开门", "门禁权限次日0:30更新，请明天再试。"),
    ("微信<account.wechat>，方便加一下吗", "抱歉，请通过本平台留言。"),
    ("我QQ号<account.qq>，资料可以传给我吗", "文件可以直接在对话里发给您，上限20MB。"),
    ("寄到这个地址：<address.home>，收件人<name>，电话<phone.mobile>", "馆际互借的书不能直接寄给个人，请到馆自取。"),
    ("<name>，<phone.spaced>，麻烦留一个座位", "座位需自己在小程序预约，签到时间为30分钟内。"),
    ("我们辅导员<name>说可以集体办证，要什么材料？", "需要名单和照片，满30人可上门办理。"),
    ("和我同组的<name>同学也想参加，名额还有吗", "还有12个名额，周五17:00截止。"),
    ("我爸的车<plate>送我来搬书，可以开到馆门口吗", "可以临时停靠15分钟。"),
    ("退款卡号 <bank_card>", "收到，预计7个工作日退回。"),
    ("本机地址<ip>，登录时提示超出IP范围", "请核对是否连了手机热点。"),
    ("上午<name.surname>老师给我查的，报告编号CX2024-0312，能再发一份吗", "可以，已重新发送到委托时填写的邮箱。"),
    ("座机<phone.land>，找财务处的人签字", "签字请到行政楼205。"),
    ("敝姓<name.surname>，上次咨询过查新", "请提供委托编号，形如CN20240101。"),
    ("图书条码号32101087654321的书被我弄湿了", "请带书到一层总服务台，视情况赔偿原价1至3倍。"),
    ("CNKI里这篇的文件名是JSJX202403012，下不了", "这是《计算机学报》2024年第3期，请从校内访问。"),
    ("专利号CN202310123456.7怎么查法律状态？", "在国家知识产权局网站检索公告日2023-11-07。"),
    ("请问范围是1-50页吗？最高多少分？", "阅读推广活动满分100分，80分以上有证书。"),
    ("我是图书馆志愿者，工时怎么算", "每次2小时，累计20小时可领证明。"),
    ("谢灵运、陶渊明的诗集在哪个区", "I22类在三层文学借阅区，索书号I222.7开头。"),
    ("我是来自外国语学院的大四学生，毕业论文查重几次？", "学校提供2次免费检测，时间是4月10日至5月20日。"),
    ("为什么借阅排行榜里没有白鹿原", "排行榜每月1日更新，取前100名。"),
    ("校历第12周周五下午闭馆吗？", "每周五12:00-17:00内部业务学习，17:00后恢复开放。"),
    ("地址栏输入https://lib.example.edu.cn/db/123456789打不开", "请改用新地址，旧链接2024年6月30日已停用。"),
    ("咨询台分机号多少", "总机转8102，或拨打图书馆咨询电话0755-26031234。"),
    ("知网账号密码能告诉我吗", "机构用户无需账号，校园网内IP自动登录，网段为 202.114.0.0/16。"),
)

HELD_OUT_EN: tuple[tuple[str, str], ...] = (
    (
        "Hello, <name.en> here, a first-year. My card no. <card_number.letters> is blocked.",
        "It unblocks when the overdue book is back; the fee is 0.10 a day.",
    ),
    ("Please send the scan to <email>", "Sent; it stays available for 14 days."),
    ("You can text me at <phone.abroad>", "We will reply here instead."),
    (
        "my supervisor Dr <name.en> needs the Web of Science report by Friday",
        "Reports take 3 working days; 12 pages on average.",
    ),
    ("I'm staying at <address.en>, can the book be posted?", "International posting is not offered."),
    ("My student number is <card_number.student>, name <name.en>", "Thanks, your loan limit is 20 items."),
    ("The proxy shows <ip> as my address", "Then you are off campus; please sign in first."),
    ("QQ <account.qq> if that's easier", "Sorry, only this chat."),
    ("Barcode 39015012345678 shows as missing", "We will search shelf 3-12 and let you know within 5 days."),
    ("I am looking for volume 12, issue 3, pages 1023-1045", "It is in storage; retrieval takes 24 hours."),
    ("Is the May Hall reading room open in June?", "Yes, 9:00-21:00, capacity 180."),
    ("Can I cite Will and Mark's report, ISSN 1234-5679?", "Yes, use APA 7, section 10.3.2."),
)
