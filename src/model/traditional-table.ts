/**
 * Traditional characters of names of organizations, and below each row its simplified forms, one
 * for one. Only characters with a single simplified form are here; it is used for approximate
 * matches of organizations, never for persons, where a variant character is another name.
 */
const PAIRS: readonly (readonly [traditional: string, simplified: string])[] = [
  [
    '來倉個備傳債傷價儀億優儲兒內兩冊凱則創劃劉劍動務勝勞勢勵區協員問單嚴國園圓圖團執報場塊塗',
    '来仓个备传债伤价仪亿优储儿内两册凯则创划刘剑动务胜劳势励区协员问单严国园圆图团执报场块涂',
  ],
  [
    '墊壓壩壯夢奮婦孫學實寧審寫寬寶將專尋對導層屬島嶺嶽師帶幣庫廟廠廣廳張強彈從復態慮慶應戰戲',
    '垫压坝壮梦奋妇孙学实宁审写宽宝将专寻对导层属岛岭岳师带币库庙厂广厅张强弹从复态虑庆应战戏',
  ],
  [
    '採揚換損擇擔據攝敗數斷時晉曉書會東條楊業極榮構槍樂樓標樣樹橋機檔檢權歐歡歲歷歸殘殼氣沒淵',
    '采扬换损择担据摄败数断时晋晓书会东条杨业极荣构枪乐楼标样树桥机档检权欧欢岁历归残壳气没渊',
  ],
  [
    '測準溝溫滅滬滿漁漢潤澗澤濃濟濰濱瀋灑灘灣無煉煙熱燈燒營爐爾牆獎獨現瑪環瓊產畫異當療發盡監',
    '测准沟温灭沪满渔汉润涧泽浓济潍滨沈洒滩湾无炼烟热灯烧营炉尔墙奖独现玛环琼产画异当疗发尽监',
  ],
  [
    '盤眾確碼磚礎礦禦禮種稱積穩窯競筆節範築簡籃糧紀約紅純紙級紡細終組結絡給統絲經綜綠維網線練',
    '盘众确码砖础矿御礼种称积稳窑竞笔节范筑简篮粮纪约红纯纸级纺细终组结络给统丝经综绿维网线练',
  ],
  [
    '縣縫總績織繡繩繪續羅義習聖聞聯聲職腦膠臨與興舊艦莊華萬葉蔣藍藝藥蘇蘋蘭處號蟲術衛補裝製複',
    '县缝总绩织绣绳绘续罗义习圣闻联声职脑胶临与兴旧舰庄华万叶蒋蓝艺药苏苹兰处号虫术卫补装制复',
  ],
  [
    '見規視親覺觀訂計訊記設許診評詞試詩話認語誠誼調諾講謝證識議護變讓豐貝財貨販貫責貴買貸費貿',
    '见规视亲觉观订计讯记设许诊评词试诗话认语诚谊调诺讲谢证识议护变让丰贝财货贩贯责贵买贷费贸',
  ],
  [
    '賀資賈賓賢賣質賬購賽贏趙跡車軍軒軟較載輕輝輪輸轉辦農連進運達遠適遷選邁還邊郵鄉鄒鄧鄭鄰醫',
    '贺资贾宾贤卖质账购赛赢赵迹车军轩软较载轻辉轮输转办农连进运达远适迁选迈还边邮乡邹邓郑邻医',
  ],
  [
    '釀釘針鈦銀銅鋁鋒鋰鋼錢錦鍋鎮鏡鐵鑄鑰鑽長門開間閣閱闊關陝陰陳陸陽隊際隨險隱雙雜雞離難雲電',
    '酿钉针钛银铜铝锋锂钢钱锦锅镇镜铁铸钥钻长门开间阁阅阔关陕阴陈陆阳队际随险隐双杂鸡离难云电',
  ],
  [
    '靈靜鞏韓韻響頂項順領頭題顏願類顧風飛飯飲飼飾館饒馬駐駿騎騰驗體魚魯鮑鮮鳥鳳鴻鵬鶴鷹鹽麗麥',
    '灵静巩韩韵响顶项顺领头题颜愿类顾风飞饭饮饲饰馆饶马驻骏骑腾验体鱼鲁鲍鲜鸟凤鸿鹏鹤鹰盐丽麦',
  ],
  ['黃點齊齡龍', '黄点齐龄龙'],
];

/** The simplified form of each traditional character of the table. */
export const TRADITIONAL: ReadonlyMap<string, string> = new Map(
  PAIRS.flatMap(([traditional, simplified]) => {
    const forms = [...simplified];
    return [...traditional].map((character, index) => [character, forms[index] ?? character]);
  }),
);
