/** Provinces by the first two digits of a region code, GB/T 2260. */
export const PROVINCES: ReadonlyMap<string, string> = new Map([
  ['11', '北京市'],
  ['12', '天津市'],
  ['13', '河北省'],
  ['14', '山西省'],
  ['15', '内蒙古自治区'],
  ['21', '辽宁省'],
  ['22', '吉林省'],
  ['23', '黑龙江省'],
  ['31', '上海市'],
  ['32', '江苏省'],
  ['33', '浙江省'],
  ['34', '安徽省'],
  ['35', '福建省'],
  ['36', '江西省'],
  ['37', '山东省'],
  ['41', '河南省'],
  ['42', '湖北省'],
  ['43', '湖南省'],
  ['44', '广东省'],
  ['45', '广西壮族自治区'],
  ['46', '海南省'],
  ['50', '重庆市'],
  ['51', '四川省'],
  ['52', '贵州省'],
  ['53', '云南省'],
  ['54', '西藏自治区'],
  ['61', '陕西省'],
  ['62', '甘肃省'],
  ['63', '青海省'],
  ['64', '宁夏回族自治区'],
  ['65', '新疆维吾尔自治区'],
  ['71', '台湾省'],
  ['81', '香港特别行政区'],
  ['82', '澳门特别行政区'],
]);

/** Prefixes of no province: 100000 is the nation, 83 is on permits of residents from Taiwan. */
export const OTHER_PREFIXES: ReadonlySet<string> = new Set(['10', '83']);

/** The city and its counties (济宁市), GB/T 2260; 370871 is a statistical code. */
export const REGION_NAMES: ReadonlyMap<string, string> = new Map([
  ['370800', '济宁市'],
  ['370811', '任城区'],
  ['370812', '兖州区'],
  ['370826', '微山县'],
  ['370827', '鱼台县'],
  ['370828', '金乡县'],
  ['370829', '嘉祥县'],
  ['370830', '汶上县'],
  ['370831', '泗水县'],
  ['370832', '梁山县'],
  ['370871', '济宁高新技术产业开发区'],
  ['370881', '曲阜市'],
  ['370883', '邹城市'],
]);

/** A region code that no longer exists. It lives on inside identifiers issued while it did. */
export interface HistoricRegion {
  readonly name: string;
  /** The year of the reform. */
  readonly validTo: number;
  readonly successor: string;
}

/** By their abolished code. No successor is itself historic. */
export const HISTORIC_REGIONS: ReadonlyMap<string, HistoricRegion> = new Map([
  ['370802', { name: '市中区', validTo: 2013, successor: '370811' }],
  ['370882', { name: '兖州市', validTo: 2013, successor: '370812' }],
  ['370825', { name: '邹县', validTo: 1992, successor: '370883' }],
]);
