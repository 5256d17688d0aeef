-- Cross-checks of whole collections: records that no commitment stands behind, met by digests.

alter table cross_check_run add column alike integer not null default 0 check (alike >= 0);
comment on column cross_check_run.alike is 'Of its subjects, records of two collections that digests of ranges showed alike: they have no row in cross_check_subject. 0 where commitments are read.';

alter table cross_check_subject
  alter column commitment_id drop not null,
  drop constraint cross_check_subject_once,
  add constraint cross_check_subject_once unique nulls not distinct (run_id, commitment_id, part),
  add constraint cross_check_subject_named check (commitment_id is not null or part <> '');
comment on table  cross_check_subject is 'One commitment that a run reads, or one record of two collections that may differ, as it was frozen when the run was cut. Never changed; deleted by retention only.';
comment on column cross_check_subject.number is 'Counts from 1 in the order of the codes of commitments, or of the keys of records.';
comment on column cross_check_subject.commitment_id is 'The commitment. Null for a record of a collection.';
comment on column cross_check_subject.part is 'Which of several things about the commitment: a license type code, or a recipient; empty where there is only one. For a record its key: a license identifier, or a unified social credit code.';

alter table cross_check_finding
  alter column commitment_id drop not null,
  drop constraint cross_check_finding_once,
  add constraint cross_check_finding_once
    unique nulls not distinct (check_id, commitment_id, part, class, field, value_to),
  add constraint cross_check_finding_named check (commitment_id is not null or part <> '');
comment on column cross_check_finding.commitment_id is 'The commitment it touches. Null for a record of a collection.';
comment on column cross_check_finding.agency_code is 'Agency that accepted the commitment; for a record of a collection the first owner.';
