'use strict';

// For serverless.yml: which KMS keys the function seals installations under and opens them with. That is the stage's
// own, but for whoever moves to another:
//   KMS_KEY_ID=arn:…      what is sealed from now on
//   KMS_READ_KEY_IDS=arn:…,arn:…    what else may be opened
// The stage's own key is always among those that open, for SLACK_SECRETS_CIPHERTEXT is under it.

const ARN = /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/;

async function arns(resolveVariable, name) {
  const given = (await resolveVariable(`env:${name}, ''`)).split(',').map((each) => each.trim()).filter(Boolean);
  for (const each of given) {
    // An alias may point elsewhere tomorrow, and IAM takes neither it nor an id alone.
    if (!ARN.test(each)) throw new Error(`${name}: ${each} is not the ARN of a key (arn:aws:kms:…:key/…).`);
  }
  return given;
}

async function own(resolveVariable) {
  return { 'Fn::ImportValue': `errand-${await resolveVariable('sls:stage')}-key-arn` };
}

async function writing({ resolveVariable }) {
  const given = await arns(resolveVariable, 'KMS_KEY_ID');
  if (given.length > 1) throw new Error('KMS_KEY_ID: there is one key to seal under.');
  return given[0] || own(resolveVariable);
}

async function opening({ resolveVariable }) {
  const named = await arns(resolveVariable, 'KMS_READ_KEY_IDS');
  const others = [...(await arns(resolveVariable, 'KMS_KEY_ID')), ...named];
  return [await own(resolveVariable), ...new Set(others)];
}

module.exports = {
  writing,
  opening,
  listed: async (given) => ({ 'Fn::Join': [',', await opening(given)] }),
};
