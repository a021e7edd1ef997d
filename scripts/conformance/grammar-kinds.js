// Cases of the grammar: reading, checking and printing grants.
const { readActions } = require('../../dist/grant/grant-actions.js');
const { GrantFault, refusalOf } = require('../../dist/grant/grant-fault.js');
const { readRawGrant } = require('../../dist/grant/grant-syntax.js');
const {
  grantJson,
  parseGrant,
  parseStoredGrant,
  printGrant,
  printGrantJson,
  requirePlace,
} = require('../../dist/grant/grant.js');
const { addFields, fieldsOrDefault } = require('../../dist/grant/output-fields.js');
const { holdsActionOrPart } = require('../../dist/grant/action.js');

/** The answer of something that may refuse with a GrantFault. */
function orFault(answer) {
  try {
    return { ok: true, ...answer() };
  } catch (error) {
    if (error instanceof GrantFault) return { ok: false, error_class: error.kind };
    throw error;
  }
}

function readGrant({ grant, role_scope_id, grant_scope_id, skip_final_validation, ...whose }) {
  requirePlace(grant, role_scope_id, grant_scope_id);
  const values = { userId: whose.user_id ?? null, accountId: whose.account_id ?? null };
  return skip_final_validation ? parseStoredGrant(grant, values) : parseGrant(grant, values);
}

// An empty list of ids and none at all say the same.
function parsedForm({ ids, isOldId, type, actions, outputFields }) {
  return {
    id: isOldId ? ids[0] : null,
    ids: isOldId || ids.length === 0 ? null : ids,
    type,
    actions,
    output_fields: outputFields,
  };
}

function rawForm({ id, ids, type, actions, outputFields }) {
  return {
    id,
    ids: ids === null || ids.length === 0 ? null : ids,
    type,
    actions,
    output_fields: outputFields,
  };
}

function printed(grant) {
  return { canonical: printGrant(grant), json: grantJson(grant) };
}

/** A grant must come out of both its printed forms as it was. */
function roundTrip(grant) {
  for (const text of [printGrant(grant), printGrantJson(grant)]) {
    const again = printGrant(parseStoredGrant(text));
    if (again !== printGrant(grant)) throw new Error(`${text} is read again as ${again}`);
  }
  return printed(grant);
}

const grammarKinds = {
  parse_raw: ({ grant, syntax }) => orFault(() => ({ parsed: rawForm(readRawGrant(grant, syntax)) })),

  parse: (input) =>
    orFault(() => {
      const grant = readGrant(input);
      return { parsed: parsedForm(grant), ...printed(grant) };
    }),

  roundtrip: (input) => orFault(() => roundTrip(readGrant(input))),

  actions: ({ actions, output_fields }) =>
    orFault(() => ({
      actions: readActions(actions, output_fields, refusalOf(`actions=${actions.join(',')}`)),
    })),

  sub_action: ({ grant_actions, wanted }) => ({ matches: holdsActionOrPart(grant_actions, wanted) }),

  canonical: ({ id, ids, type, actions, output_fields }) => {
    const grant = {
      ids: id === null ? (ids ?? []) : [id],
      isOldId: id !== null,
      type,
      actions,
      outputFields: output_fields,
    };
    return { text: printGrant(grant), json: JSON.parse(printGrantJson(grant)) };
  },

  output_fields_add: ({ start, add }) => {
    const fields = addFields(addFields(null, start), add);
    return { fields, has_star: fields?.includes('*') ?? false };
  },

  output_fields_default: ({ fields, user_id }) => {
    const shown = fieldsOrDefault(fields, user_id);
    return { fields: shown === '*' ? ['*'] : [...shown] };
  },
};

module.exports = { grammarKinds };
