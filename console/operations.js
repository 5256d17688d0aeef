/** Everything the start page asks of the hub. */
export const ME = '{ me { account agencyCode roles } }';

export const SOURCES = `{ sources {
  id title connector breaker inFlight waiting medianMs p95Ms
  calls { transport count } capabilities { name canaryRight canaryReadAt }
} }`;

export const CASEWORK = `{
  cases(first: 10) { nodes { id caseNumber acceptedOn matter { name } } }
  followUps(first: 20) { nodes {
    id kind dueOn dueIsProvisional verification { id case { caseNumber } subject { name } }
  } }
  discrepancies(first: 20) { nodes {
    id field sources verification { id case { caseNumber } subject { name } }
  } }
}`;

export const CASE = `query ($id: ID!) { case(id: $id) {
  id caseNumber legalBasis acceptedOn
  matter { name policy { requirements { id label fields { field } } } }
  subjects { id name code verifications { id askedAt verdict { code } } }
} }`;

const VERIFICATION = `
  id askedAt case { caseNumber } subject { name } claims { requirement field }
  assistanceRequests { requestNumber state dueOn }
  verdict {
    number code dueOn
    reasons { code label requirement field source detail }
    requirements { id label belief fields {
      field decisive belief bySource { source outcome }
    } }
    observations { requirement source transport }
  }`;

export const READ_VERDICT = `query ($id: ID!) { verification(id: $id) { ${VERIFICATION} } }`;

export const VERIFY = `mutation ($input: VerifyInput!) { verify(input: $input) {
  verification { ${VERIFICATION} } userErrors { message }
} }`;

export const INBOX = `{ assistanceRequests(box: INBOX, first: 20) { nodes {
  id requestNumber state version allowedSteps askingAgency matterName legalBasis subjectCode subjectName
  dueOn dueIsProvisional overdue questions { code text }
  reply { answererName asOf answers { question outcome note } }
  proposal { by ground note answers { question outcome note } }
} } }`;

const APPROVAL = '(input: $input) { request { id } userErrors { message } }';

export const APPROVE = `mutation ($input: AssistanceStepInput!) { done: approveAssistance${APPROVAL} }`;

export const RETURN = `mutation ($input: AssistanceStepInput!) { done: returnAssistance${APPROVAL} }`;

export const REPLY = `mutation ($input: ReplyToAssistanceInput!) { replyToAssistance(input: $input) {
  request { id } userErrors { message }
} }`;
