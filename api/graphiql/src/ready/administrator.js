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
