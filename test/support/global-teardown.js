const { rmSync } = require('node:fs');

module.exports = async function tearDown() {
  await globalThis.posternTestCluster?.stop();
  const { folder } = JSON.parse(process.env.POSTERN_TEST_CLUSTER ?? '{}');
  if (folder) rmSync(folder, { recursive: true, force: true });
};
