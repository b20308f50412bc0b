// Every connection of the schema as Relay pages it, and every type with an id as Relay fetches it again.
// Only relay-compiler reads this file; relay.mjs checks that no connection is left out.
import { graphql } from 'relay-runtime';

graphql`
  fragment listsAgents on Query
  @refetchable(queryName: "listsAgentsPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    agents(first: $count, after: $cursor) @connection(key: "lists_agents") {
      totalCount
      edges { node { id ...listsAgent } }
    }
  }
`;

graphql`
  fragment listsQueues on Query
  @refetchable(queryName: "listsQueuesPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    queues(first: $count, after: $cursor) @connection(key: "lists_queues") {
      edges { node { id ...listsQueue } }
    }
  }
`;

graphql`
  fragment listsWorkstreams on Query
  @refetchable(queryName: "listsWorkstreamsPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    workstreams(first: $count, after: $cursor) @connection(key: "lists_workstreams") {
      edges { node { id ...listsWorkstream } }
    }
  }
`;

graphql`
  fragment listsOngoing on Query
  @refetchable(queryName: "listsOngoingPage")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 25 }
    cursor: { type: "String" }
    filter: { type: "OngoingFilter" }
  ) {
    ongoingConversations(first: $count, after: $cursor, filter: $filter)
      @connection(key: "lists_ongoingConversations", filters: ["filter"]) {
      asOf
      totalCount
      edges { node { id ...listsConversation } }
    }
  }
`;

graphql`
  fragment listsPast on Query
  @refetchable(queryName: "listsPastPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    conversations(first: $count, after: $cursor) @connection(key: "lists_conversations") {
      totalCount
      edges { node { id ...listsConversation } }
    }
  }
`;

graphql`
  fragment listsCustomer on Customer @refetchable(queryName: "listsCustomerAgain") {
    name
    erasedAt
  }
`;

graphql`
  fragment listsCustomers on Query
  @refetchable(queryName: "listsCustomersPage")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 25 }
    cursor: { type: "String" }
    search: { type: "String" }
  ) {
    customers(first: $count, after: $cursor, search: $search)
      @connection(key: "lists_customers", filters: ["search"]) {
      totalCount
      edges { node { id ...listsCustomer } }
    }
  }
`;

graphql`
  fragment listsAudit on Query
  @refetchable(queryName: "listsAuditPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    auditLog(first: $count, after: $cursor) @connection(key: "lists_auditLog") {
      edges { node { number at action refusal } }
    }
  }
`;

graphql`
  fragment listsRevocations on Query
  @refetchable(queryName: "listsRevocationsPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    tokenRevocations(first: $count, after: $cursor) @connection(key: "lists_tokenRevocations") {
      edges { node { __typename } }
    }
  }
`;

graphql`
  fragment listsConversation on Conversation @refetchable(queryName: "listsConversationAgain") {
    state
    version
    customer { id name }
  }
`;

graphql`
  fragment listsTranscript on Conversation
  @refetchable(queryName: "listsTranscriptPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    transcript(last: $count, before: $cursor) @connection(key: "lists_transcript") {
      edges { node { id text } }
    }
  }
`;

graphql`
  fragment listsHistory on Conversation
  @refetchable(queryName: "listsHistoryPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    audit(first: $count, after: $cursor) @connection(key: "lists_audit") {
      edges { node { number action } }
    }
  }
`;

graphql`
  fragment listsAssignable on Conversation
  @refetchable(queryName: "listsAssignablePage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    assignableAgents(first: $count, after: $cursor) @connection(key: "lists_assignableAgents") {
      edges { node { agent { id name } } }
    }
  }
`;

graphql`
  fragment listsTransferable on Conversation
  @refetchable(queryName: "listsTransferablePage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    transferableAgents(first: $count, after: $cursor) @connection(key: "lists_transferableAgents") {
      edges { node { agent { id name } } }
    }
  }
`;

graphql`
  fragment listsAssignableQueues on Conversation
  @refetchable(queryName: "listsAssignableQueuesPage")
  @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }) {
    assignableQueues(first: $count, after: $cursor) @connection(key: "lists_assignableQueues") {
      edges { node { id name } }
    }
  }
`;

graphql`
  fragment listsAgent on Agent @refetchable(queryName: "listsAgentAgain") {
    name
    presence
  }
`;

graphql`
  fragment listsQueue on Queue @refetchable(queryName: "listsQueueAgain") {
    name
  }
`;

graphql`
  fragment listsWorkstream on Workstream @refetchable(queryName: "listsWorkstreamAgain") {
    name
  }
`;

graphql`
  query listsQuery($id: ID!) {
    ...listsAgents
    ...listsQueues
    ...listsWorkstreams
    ...listsOngoing
    ...listsPast
    ...listsAudit
    ...listsRevocations
    conversation(id: $id) {
      ...listsTranscript
      ...listsHistory
      ...listsAssignable
      ...listsTransferable
      ...listsAssignableQueues
    }
  }
`;

graphql`
  subscription listsChangesSubscription($after: LogCursor) {
    conversationChanges(after: $after) {
      ... on ConversationChangeEvent { cursor conversation { id ...listsConversation } }
      ... on ConversationLeftScope { cursor conversationId }
    }
  }
`;

graphql`
  mutation listsForceCloseMutation($input: ForceCloseConversationInput!) {
    forceCloseConversation(input: $input) {
      conversation { id ...listsConversation }
      errors { code message }
    }
  }
`;
