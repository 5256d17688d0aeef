import { GraphQLError } from 'graphql';

import type { Resolvers } from '../../generated/graphql.ts';
import type { CalendarOverride } from '../../model/calendar-day.ts';
import { addDays } from '../../model/clock.ts';
import type { Accepted } from '../../model/user-error.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const SPAN_DAYS_MAX = 366;
const WORKING_DAYS_MAX = 250;

function requireThat(isRight: boolean, sentence: string): void {
  if (isRight) return;
  // Other fields of the request may have been asked already: it was not refused as a whole.
  throw new GraphQLError(sentence, { extensions: { code: 'BAD_USER_INPUT' } });
}

const payloadOf = (done: Accepted<CalendarOverride>) =>
  done.ok ? { override: done.value, userErrors: [] } : { override: null, userErrors: done.errors };

/** The working-day calendar, and due days that explain themselves. */
export const calendarResolvers: Resolvers = {
  Query: {
    async calendar(_root, { from, through }, { services }) {
      requireThat(
        from <= through && through < addDays(from, SPAN_DAYS_MAX),
        `\`through\` must be 0 to ${SPAN_DAYS_MAX - 1} days after \`from\`.`,
      );
      const [coveredThrough, days] = await Promise.all([
        services.calendar.coveredThrough(),
        services.calendar.listDays(from, through),
      ]);
      return { coveredThrough, days };
    },
    dueDate(_root, { from, workingDays }, { services }) {
      requireThat(
        workingDays >= 0 && workingDays <= WORKING_DAYS_MAX,
        `\`workingDays\` must be 0 to ${WORKING_DAYS_MAX}.`,
      );
      return services.calendar.dueDate(from, workingDays);
    },
    calendarOverrides: async (_root, page, { services }) =>
      connectionOf(await services.calendar.pageOfOverrides(pageRequestOf(page))),
  },

  Mutation: {
    setCalendarDays: async (_root, { input }, { caller, services, forget }) => {
      const done = await services.calendar.setDays(caller, input);
      forget();
      return payloadOf(done);
    },
    withdrawCalendarDays: async (_root, { input }, { caller, services, forget }) => {
      const done = await services.calendar.withdraw(caller, input);
      forget();
      return payloadOf(done);
    },
  },

  CalendarOverride: {
    withdrawnAt: ({ withdrawal }) => withdrawal?.withdrawnAt ?? null,
    withdrawalReason: ({ withdrawal }) => withdrawal?.reason ?? null,
  },
};
