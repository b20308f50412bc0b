// What the desk does, with the refusals that its documents ask for (api/refusal.ts).

import { type Mutation, type MutationTrouble, useMutation } from 'regie-client/react';
import type { RefusalFragment } from '../gql/graphql';

export type Act = Mutation<RefusalFragment>;
export type Trouble = MutationTrouble<RefusalFragment>;

export const useAct = (): Act => useMutation<RefusalFragment>();
