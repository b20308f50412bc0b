// What an administrator looks after: settings, people and queues, and the audit trail.

export const administrator = [
  {
    name: 'Settings',
    query: `# What supervisors may do in this organisation.
query Settings {
  supervisorSettings {
    supervisorMonitor
    supervisorAssign
    supervisorTransfer
    supervisorForceClose
    sentimentAnalysis
    sentimentAlertThreshold
    inactiveAfterMissedOffer
  }
}
`,
  },
  {
    name: 'ChangeSetting',
    query: `# A change acts at once, also on looks and streams that
# run.
mutation ChangeSetting($forceClose: Boolean!) {
  updateSupervisorSettings(input: {
    supervisorForceClose: $forceClose
    reason: "Tried in GraphiQL"
  }) {
    settings { supervisorForceClose }
    errors { code message }
  }
}
`,
    fill: () => ({ comment: 'Whether supervisors may force-close.', values: { forceClose: true } }),
  },
  {
    name: 'Organisation',
    query: `# Queues with their members, and the workstreams.
query Organisation {
  queues(first: 20) {
    edges {
      node { id name kind members { name presence } }
    }
  }
  workstreams(first: 20) {
    edges {
      node {
        id
        name
        kind
        monitoringNotice
        allowedPresences
        units
        offerTimeoutSeconds
      }
    }
  }
}
`,
  },
  {
    name: 'WatchOrganisation',
    query: `# Whatever changes in the organisation, with what it is
# about as it is now.
subscription WatchOrganisation {
  organisationChanges {
    __typename
    cursor
    committedAt
    actor { kind subject agent { name } }
    ... on AgentPresenceChanged { agent { name presence } }
    ... on AgentChanged { edit agent { name } }
    ... on MembershipChanged {
      isMember
      agent { name }
      queue { name }
    }
    ... on QueueChanged { edit queue { name } }
    ... on WorkstreamChanged { edit workstream { name } }
    ... on SupervisorSettingsChanged {
      settings { supervisorMonitor supervisorAssign }
    }
  }
}
`,
  },
  {
    name: 'Audit',
    query: `# Who did what, and what was refused; newest first.
query Audit {
  auditLog(first: 20) {
    totalCount
    edges {
      node {
        number
        at
        subject
        role
        action
        refusal
        conversationId
        reason
        overrides
      }
    }
  }
}
`,
  },
];
