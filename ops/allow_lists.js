'use strict';

// For serverless.yml: what jobs may reach besides, as far as these two are set. settings.py reads the same.
//   INVOKE_FUNCTIONS=reports,Clean up=arn:aws:lambda:eu-central-1:123456789012:function:clean-up:live
//   REPORT_LOG_GROUPS=/aws/lambda/reports,Shop=/ecs/shop

const FUNCTION = /^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?$/;
const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:([A-Za-z0-9_-]{1,64})(:[A-Za-z0-9_-]{1,128})?$/;
const LOG_GROUP = /^[A-Za-z0-9_/.#-]{1,512}$/;

const HERE = 'arn:${AWS::Partition}:SERVICE:${AWS::Region}:${AWS::AccountId}';

async function listed({ resolveVariable }, name) {
  const given = (await resolveVariable(`env:${name}, ''`)).split(',').map((each) => each.trim()).filter(Boolean);
  return given.map((each) => each.slice(each.lastIndexOf('=') + 1).trim()); // without its label
}

async function functions(given) {
  const own = `errand-${await given.resolveVariable('sls:stage')}`;
  return (await listed(given, 'INVOKE_FUNCTIONS')).map((each) => {
    const arn = each.match(FUNCTION_ARN);
    if (!arn && !FUNCTION.test(each)) throw new Error(`INVOKE_FUNCTIONS: ${each} is no name or ARN of a function.`);
    // A payload of somebody's own would be taken for one of Errand's.
    if ((arn ? arn[1] : each.split(':')[0]) === own) throw new Error(`INVOKE_FUNCTIONS: ${own} is Errand itself.`);
    return arn ? each : { 'Fn::Sub': `${HERE.replace('SERVICE', 'lambda')}:function:${each}` };
  });
}

async function logGroups(given) {
  return (await listed(given, 'REPORT_LOG_GROUPS')).map((each) => {
    if (!LOG_GROUP.test(each)) throw new Error(`REPORT_LOG_GROUPS: ${each} is no name of a log group.`);
    return { 'Fn::Sub': `${HERE.replace('SERVICE', 'logs')}:log-group:${each}:*` };
  });
}

async function statements(given) {
  const allow = (Sid, Action, Resource) => ({ Sid, Effect: 'Allow', Action, Resource });
  const invoked = await functions(given);
  const reported = await logGroups(given);
  return [
    ...(invoked.length ? [allow('InvokeFunctions', 'lambda:InvokeFunction', invoked)] : []),
    ...(reported.length
      ? [
          allow('QueryLogGroups', 'logs:StartQuery', reported),
          // These two know no resource: they take the id of a query, which StartQuery gave.
          // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
          allow('FollowQueries', ['logs:GetQueryResults', 'logs:StopQuery'], '*'),
        ]
      : []),
  ];
}

// A policy of its own, or none: a statement cannot be left out of a list in YAML.
async function resources(given) {
  const Statement = await statements(given);
  if (!Statement.length) return {};
  const PolicyDocument = { Version: '2012-10-17', Statement };
  const Properties = { PolicyName: 'errand-allow-lists', PolicyDocument, Roles: [{ Ref: 'AppRole' }] };
  return { Resources: { AllowListsPolicy: { Type: 'AWS::IAM::Policy', Properties } } };
}

module.exports = { resources };
