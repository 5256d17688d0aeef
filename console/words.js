/** What is shown, by key: Chinese, then English. Values of an enum follow a prefix and a dot. */
export const PAIRS = {
  tagline: ['告知承诺制的核查枢纽', 'Verification hub of the notification-and-commitment regime'],
  aboutTitle: ['这是什么', 'What this is'],
  about: [
    '申请人书面承诺，部门不再索要证明；承诺是否属实，由核查枢纽向各部门的系统逐一询问，并留存每一次询问与答复。来源没有答复，不说明当事人有任何问题。',
    'Applicants commit in writing and no certificate is demanded. Whether the commitment is true, this hub asks of every agency’s system, and keeps a record of each question and answer. A source that does not answer says nothing about the applicant.',
  ],
  whoTitle: ['您的身份', 'Who you are'],
  token: ['访问令牌', 'Access token'],
  signIn: ['使用令牌', 'Use token'],
  signOut: ['退出', 'Sign out'],
  refresh: ['刷新', 'Refresh'],
  tokenHint: [
    '演示环境的令牌在数据文件夹的 demo-tokens.json 中（默认 .hecha），每种角色一个。令牌只保存在本标签页中。',
    'Tokens of a demo, one for each role, are in demo-tokens.json in its data folder (.hecha by default). The token is kept in this tab only.',
  ],
  account: ['账号', 'Account'],
  agency: ['机构代码', 'Agency'],
  asker: ['请求机构', 'Asked by'],
  roles: ['角色', 'Roles'],
  badToken: ['令牌无效或已过期', 'The token is not valid or has expired'],
  unreachable: ['无法连接核查枢纽，请稍后再试', 'The hub cannot be reached. Try again later'],
  refused: ['请求未完成', 'The request was not completed'],
  working: ['正在询问各来源…', 'Asking the sources…'],
  is: ['：', ': '],
  and: ['，', ', '],
  none: ['无', 'None'],
  unread: ['尚未读取', 'Not read yet'],
  sourcesTitle: ['数据来源', 'Sources'],
  sourcesCaption: ['本进程所见的来源状况', 'How the sources are doing, as seen by this process'],
  source: ['来源', 'Source'],
  breaker: ['熔断器', 'Breaker'],
  latency: ['中位 / 95% 时延（毫秒）', 'Median / 95th percentile (ms)'],
  load: ['进行中 / 等待', 'Under way / waiting'],
  calls: ['调用结果', 'Calls'],
  canary: ['探针', 'Test records'],
  canaryRight: ['正确', 'Right'],
  canaryWrong: ['错误：无记录不作结论', 'Wrong: absence proves nothing'],
  'breaker.CLOSED': ['正常', 'Closed (asked)'],
  'breaker.OPEN': ['暂停询问', 'Open (left alone)'],
  'breaker.HALF_OPEN': ['试探中', 'Half open (probing)'],
  casesTitle: ['最新办件', 'Newest cases'],
  caseTitle: ['办件', 'Case'],
  caseNumber: ['办件编号', 'Case number'],
  matter: ['事项', 'Matter'],
  acceptedOn: ['受理日期', 'Accepted on'],
  basis: ['法律依据', 'Legal basis'],
  open: ['打开', 'Open'],
  code: ['代码', 'Code'],
  claims: ['申请人陈述（可不填）', 'What the applicant states (optional)'],
  verify: ['核查', 'Verify'],
  show: ['查看结论', 'Show verdict'],
  verdictTitle: ['核查结论', 'Verdict'],
  fieldsCaption: [
    '各来源逐项比对，未陈述的项目不列出',
    'Fields at each source, without those nobody stated',
  ],
  field: ['项目', 'Field'],
  answered: ['是否答复', 'Answered'],
  together: ['综合', 'Together'],
  decisive: ['决定性', 'decisive'],
  reasons: ['理由', 'Reasons'],
  request: ['协助请求', 'Request for assistance'],
  todoTitle: ['待办与矛盾', 'Follow-ups and discrepancies'],
  followUps: ['待办', 'Follow-ups'],
  discrepancies: ['来源矛盾', 'Discrepancies'],
  due: ['期限', 'Due'],
  provisional: ['（暂定）', ' (provisional)'],
  'kind.VERIFY_AGAIN': ['再次核查：来源未答复', 'Verify again: sources did not answer'],
  'kind.DECIDE_BY_PERSON': [
    '人工判断：来源未能确定',
    'A person decides: sources did not settle it',
  ],
  inboxTitle: ['协助请求', 'Requests for assistance'],
  overdue: ['已逾期', 'overdue'],
  answererName: ['答复人', 'Answered by'],
  asOf: ['所查数据日期', 'Holdings of'],
  note: ['备注', 'Note'],
  reply: ['答复', 'Reply'],
  replied: ['已答复', 'Replied'],
  'state.SUBMITTED': ['待答复', 'Waiting'],
  'state.DRAFT': ['草稿', 'Draft'],
  'state.DATE_PROPOSED': ['已提出新期限', 'Another day proposed'],
  'state.IN_PROGRESS': ['办理中', 'In progress'],
  'state.CLARIFICATION_WANTED': ['待补正', 'Asked back'],
  'state.PARTIALLY_REPLIED': ['部分答复', 'Partly replied'],
  'state.REPLY_PROPOSED': ['答复待复核', 'Reply waits for approval'],
  'state.SUPPLEMENT_WANTED': ['待补充', 'To be completed'],
  'state.SPLIT': ['已拆分', 'Divided'],
  'state.REFUSAL_PROPOSED': ['拒绝待复核', 'Refusal waits for approval'],
  'state.REFUSED': ['已拒绝', 'Refused'],
  'state.DISPUTED': ['协调中', 'With the coordinator'],
  'state.CLOSED_SATISFIED': ['已办结', 'Closed'],
  'state.CLOSED_UNSATISFIED': ['答复未采纳', 'Reply rejected'],
  'state.REFUSED_FINAL': ['终局拒绝', 'Refused for good'],
  'state.WITHDRAWN': ['已撤回', 'Withdrawn'],
  'state.REPLIED': ['已答复', 'Replied'],
  'answer.CONFIRMED': ['一致', 'Confirmed'],
  'answer.DENIED': ['不一致', 'Denied'],
  'answer.NO_RECORD': ['查无记录', 'No record'],
  'answer.CANNOT_DETERMINE': ['无法确定', 'Cannot determine'],
  'verdict.CONFIRMED': ['属实：决定性项目均获证实', 'Confirmed: every decisive field is confirmed'],
  'verdict.REFUTED': [
    '不符：须经复查并由人员决定后方可产生后果',
    'Refuted: without consequence before a second look and an officer’s decision',
  ],
  'verdict.CONFLICTING': [
    '来源相互矛盾，转人工判断',
    'Sources contradict each other: for a person',
  ],
  'verdict.INCONCLUSIVE': [
    '未能确定，不说明当事人有任何问题',
    'Inconclusive: says nothing about the subject',
  ],
  'verdict.PENDING': ['等待协助单位答复', 'Pending: an answer is still to come'],
  'verdict.UNAVAILABLE': [
    '来源未答复，不说明当事人有任何问题',
    'No source answered: says nothing about the subject',
  ],
  'verdict.EXEMPT': ['免予核查', 'Exempt'],
  'transport.ANSWERED': ['已答复', 'Answered'],
  'transport.DEFERRED': ['稍后答复', 'Later'],
  'transport.NEEDS_CONSENT': ['未答复：需当事人同意', 'No answer: needs consent'],
  'transport.UNAUTHORIZED': ['未答复：未获授权', 'No answer: not authorized'],
  'transport.QUOTA_EXHAUSTED': ['未答复：额度用尽', 'No answer: quota used up'],
  'transport.SCHEDULED_OUTAGE': ['未答复：停机维护', 'No answer: maintenance'],
  'transport.TIMEOUT': ['未答复：超时', 'No answer: timeout'],
  'transport.UNREACHABLE': ['未答复：无法连接', 'No answer: unreachable'],
  'transport.MALFORMED': ['未答复：答复无法读取', 'No answer: unreadable'],
  'transport.INTEGRITY_FAILED': ['未答复：完整性校验失败', 'No answer: integrity failed'],
  'transport.UNSUPPORTED': ['未答复：来源不支持', 'No answer: not supported'],
  'transport.SCHEMA_DRIFT': ['未答复：接口已变更', 'No answer: its form changed'],
  'belief.TRUE': ['证实', 'True'],
  'belief.FALSE': ['不符', 'False'],
  'belief.UNKNOWN': ['未明', 'Unknown'],
  'belief.CONTRADICTORY': ['矛盾', 'Contradictory'],
  'outcome.MATCH_EXACT': ['一致', 'Equal'],
  'outcome.MATCH_NORMALIZED': ['一致（按规则）', 'Equal by rules'],
  'outcome.MATCH_APPROXIMATE': ['近似，不作证实', 'Nearly equal'],
  'outcome.MISMATCH': ['不一致', 'Differs'],
  'outcome.SOURCE_BLANK': ['来源为空', 'Blank'],
  'outcome.NOT_HELD': ['来源无此项', 'Not held'],
  'outcome.NOT_CLAIMED': ['未陈述', 'Not claimed'],
  'outcome.NOT_COMPARABLE': ['无法比对', 'Not comparable'],
  'outcome.WITHHELD': ['未答复或未提供', 'Not told'],
  'field.STATUS': ['状态', 'Status'],
  'field.HOLDER_NAME': ['名称', 'Name'],
  'field.HOLDER_CODE': ['主体代码', 'Code'],
  'field.LICENSE_IDENTIFIER': ['证照标识', 'License identifier'],
  'field.LICENSE_NUMBER': ['证照编号', 'License number'],
  'field.VALID_UNTIL': ['有效期至', 'Valid until'],
  'field.LEGAL_REPRESENTATIVE': ['法定代表人', 'Legal representative'],
  'field.ADDRESS': ['住所', 'Address'],
  'field.CAPITAL': ['注册资本', 'Capital'],
  'field.ESTABLISHED_ON': ['成立日期', 'Established on'],
  'field.CREDIT_STANDING': ['信用状况', 'Credit standing'],
  'field.STATEMENT': ['陈述', 'Statement'],
  'detail.EXPIRED': ['已过期', 'Expired'],
  'detail.NOT_YET_VALID': ['尚未生效', 'Not yet valid'],
  'detail.REVOKED': ['撤销', 'Revoked'],
  'detail.WITHDRAWN': ['吊销', 'Withdrawn'],
  'detail.CANCELED': ['注销', 'Canceled'],
  'detail.SUSPENDED': ['暂扣或冻结', 'Suspended'],
  'detail.SUPERSEDED': ['已被替代', 'Superseded'],
  'detail.TRANSFERRED_OUT': ['已转出', 'Transferred out'],
  'source.license-library': ['电子证照库', 'License library'],
  'source.publicity-system': ['企业信用信息公示系统', 'Publicity system'],
  'source.credit-platform': ['公共信用信息平台', 'Credit platform'],
  'source.assistance': ['协助单位', 'Assisting agency'],
};

const LANGUAGE = 'hecha-language';

/** `zh` unless the reader chose otherwise. */
export function language() {
  return localStorage.getItem(LANGUAGE) === 'en' ? 'en' : 'zh';
}

export function switchLanguage() {
  localStorage.setItem(LANGUAGE, language() === 'en' ? 'zh' : 'en');
}

/** The word for a key in the reader's language; what follows its first dot where there is none. */
export function word(key) {
  const pair = PAIRS[key];
  if (pair !== undefined) return pair[language() === 'en' ? 1 : 0];
  return key.slice(key.indexOf('.') + 1);
}

/** A word and what it names: `期限：2026-09-18`. */
export function say(key, text) {
  return `${word(key)}${word('is')}${text}`;
}

/** Parts of a sentence in a row. */
export function list(...parts) {
  return parts.join(word('and'));
}
