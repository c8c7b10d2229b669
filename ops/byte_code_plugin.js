'use strict';

// After the requirements went into the zip, and whoever started osls: ops/byte_code.py compiles what is in it.
// Listed after serverless-python-requirements, since hooks run in the order of the plugins.

const { execFileSync } = require('node:child_process');
const path = require('node:path');

class ByteCode {
  constructor(serverless) {
    this.hooks = {
      'after:package:createDeploymentArtifacts': () => {
        const { artifact } = serverless.service.package;
        const { pythonBin } = serverless.service.custom.pythonRequirements;
        const zip = path.resolve(serverless.serviceDir, artifact);
        execFileSync(pythonBin, ['-I', path.join(__dirname, 'byte_code.py'), zip], { stdio: 'inherit' });
      },
    };
  }
}

module.exports = ByteCode;
