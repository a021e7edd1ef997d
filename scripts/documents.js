// The GraphQL documents that stand in a program's text as literals, and what is wrong with one.
const { getVariableValues, Kind, parse, validate } = require('graphql');
const ts = require('typescript');
const { runInNewContext } = require('node:vm');

// An operation as people write it; `{}` and other texts in braces are none.
const isOperation = (text) => /^\s*(?:(?:query|mutation|subscription)\b[^{]*)?\{\s*[A-Za-z_]/.test(text);

/** Each with its line, and with the variables that stand beside it as `{ query, variables }`, if they do. */
function documentsIn(text) {
  const file = ts.createSourceFile('any.js', text, ts.ScriptTarget.Latest, true);
  const found = [];
  const look = (node) => {
    if (ts.isStringLiteralLike(node) && isOperation(node.text)) {
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ line, text: node.text, variables: variablesBeside(node) });
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function variablesBeside(node) {
  const object = node.parent?.parent;
  if (!object || !ts.isObjectLiteralExpression(object)) return null;
  const beside = object.properties.find((one) => one.name?.getText() === 'variables')?.initializer;
  return beside && isWritten(beside) ? runInNewContext(`(${beside.getText()})`) : null;
}

// True for a value of literals alone, which is known without running the program.
function isWritten(node) {
  if (ts.isObjectLiteralExpression(node))
    return node.properties.every((one) => ts.isPropertyAssignment(one) && isWritten(one.initializer));
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isWritten);
  return ts.isLiteralExpression(node);
}

/** What the schema has against a document and, where they are known, its variables. */
function faultsOf(schema, { text, variables = null }) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    return [error.message];
  }
  const faults = validate(schema, document);
  if (faults.length > 0 || variables === null) return faults.map((error) => error.message);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((operation) => {
      const { errors = [] } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
      return errors.map((error) => error.message);
    });
}

module.exports = { documentsIn, faultsOf };
