-- A slow source may answer after its asker has gone: what it says is judged then.

alter table verdict drop constraint verdict_cause_check;
alter table verdict add constraint verdict_cause_check
  check (cause in ('ASKED', 'ASSISTANCE_REPLIED', 'ANSWER_CAME_LATE'));
comment on column verdict.cause is 'Why it was judged: asked, a reply came in, or a slow source answered at last.';
