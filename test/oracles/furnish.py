"""Gives moto what the stack's functions need: the resources of the template, and the service that they look after.

The arguments are moto's endpoint and region. Reads a JSON array of the template's resources, resolved: {"type", "ref", "arn", "properties"}. Writes
a JSON object: what the template calls a thing of which moto chooses the name, and that name.
"""

import hashlib
import json
import sys

import boto3

endpoint, region = sys.argv[1:]
keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client(name):
    return boto3.client(name, endpoint_url=endpoint, region_name=region, **keys)


resources = json.load(sys.stdin)
names = {}
of_type = {}
for resource in resources:
    of_type.setdefault(resource["type"], []).append(resource)


def each(type_name):
    for resource in of_type.get(type_name, []):
        yield resource["ref"], resource["arn"], resource["properties"]


dynamodb = client("dynamodb")
for ref, _, properties in each("AWS::DynamoDB::GlobalTable"):
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in properties.get("GlobalSecondaryIndexes", [])
    ]
    dynamodb.create_table(
        TableName=ref,
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )

sns = client("sns")
for _, arn, _ in each("AWS::SNS::Topic"):
    sns.create_topic(Name=arn.split(":")[-1])
for _, _, properties in each("AWS::SNS::Subscription"):
    sns.subscribe(TopicArn=properties["TopicArn"], Protocol=properties["Protocol"], Endpoint=properties["Endpoint"])

sqs = client("sqs")
for ref, arn, properties in each("AWS::SQS::Queue"):
    fifo = {"FifoQueue": "true"} if properties.get("FifoQueue") else {}
    name = arn.split(":")[-1] + (".fifo" if fifo and not arn.endswith(".fifo") else "")
    names[ref] = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]

s3 = client("s3")
for ref, _, _ in each("AWS::S3::Bucket"):
    s3.create_bucket(Bucket=ref)

ssm = client("ssm")
for ref, _, properties in each("AWS::SSM::Parameter"):
    ssm.put_parameter(Name=ref, Value=properties["Value"], Type="String")
for ref, _, properties in each("AWS::SSM::Document"):
    content = json.dumps(properties["Content"])
    ssm.create_document(Name=ref, Content=content, DocumentType="Automation", DocumentFormat="JSON")

kms = client("kms")
for ref, arn, properties in each("AWS::KMS::Key"):
    spec = {name: properties[name] for name in ("KeySpec", "KeyUsage") if name in properties}
    names[arn] = kms.create_key(**spec)["KeyMetadata"]["Arn"]

secrets = client("secretsmanager")
for arn in sorted(set(json.dumps(resources).split('"'))):
    if arn.startswith("arn:aws:secretsmanager:") and "*" not in arn and "?" not in arn:
        # As in the embedded account, so that signatures in recorded events are right.
        value = hashlib.sha256(arn.encode()).hexdigest()[:32]
        secret = secrets.create_secret(Name=arn.split(":")[-1][:-7], SecretString=value)
        names[arn] = secret["ARN"]

events = client("events")
for _, _, properties in each("AWS::Events::EventBus"):
    events.create_event_bus(Name=properties["Name"])

iam = client("iam")
role = iam.create_role(RoleName="moto", AssumeRolePolicyDocument="{}")["Role"]["Arn"]

states = client("stepfunctions")
for _, arn, properties in each("AWS::StepFunctions::StateMachine"):
    states.create_state_machine(
        name=arn.split(":")[-1], definition=properties["DefinitionString"], roleArn=role
    )

functions = client("lambda")
for ref, _, _ in each("AWS::Lambda::Function"):
    functions.create_function(
        FunctionName=ref, Runtime="nodejs22.x", Role=role, Handler="index.handler", Code={"ZipFile": b"0"}
    )

ses = client("sesv2")
for _, _, properties in each("AWS::SES::ConfigurationSet"):
    ses.create_configuration_set(ConfigurationSetName=properties["Name"])
for _, _, properties in each("AWS::SES::ContactList"):
    ses.create_contact_list(ContactListName=properties["ContactListName"])
ses.create_email_identity(EmailIdentity="mockupaws.com")

cloudwatch = client("cloudwatch")
ALARM = "AlarmName AlarmDescription MetricName Namespace Statistic Dimensions Period EvaluationPeriods Threshold ComparisonOperator"
for _, _, properties in each("AWS::CloudWatch::Alarm"):
    if "MetricName" in properties:
        cloudwatch.put_metric_alarm(**{"AlarmName": "unnamed", **{n: properties[n] for n in ALARM.split() if n in properties}})

NAME = "mockupaws-production"
ec2 = client("ec2")
vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]

ecs = client("ecs")
ecs.create_cluster(clusterName=NAME)
container = {"name": "backend", "image": "backend:1", "memory": 2048, "essential": True}
for _ in range(41):
    task = ecs.register_task_definition(
        family="backend",
        containerDefinitions=[container],
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="1024",
        memory="2048",
    )
ecs.create_service(
    cluster=NAME,
    serviceName="backend",
    taskDefinition=task["taskDefinition"]["taskDefinitionArn"],
    desiredCount=10,
)

scaling = client("application-autoscaling")
scaling.register_scalable_target(
    ServiceNamespace="ecs",
    ResourceId=f"service/{NAME}/backend",
    ScalableDimension="ecs:service:DesiredCount",
    MinCapacity=2,
    MaxCapacity=40,
)

rds = client("rds")
rds.create_db_cluster_parameter_group(
    DBClusterParameterGroupName=NAME, DBParameterGroupFamily="aurora-postgresql16", Description="of the service"
)
rds.create_db_cluster(
    DBClusterIdentifier=NAME,
    Engine="aurora-postgresql",
    MasterUsername="master",
    MasterUserPassword="password1",
    DBClusterParameterGroupName=NAME,
    EnableHttpEndpoint=True,
)
# The first becomes the writer.
for number in (2, 1):
    rds.create_db_instance(
        DBInstanceIdentifier=f"{NAME}-{number}",
        DBClusterIdentifier=NAME,
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )

cache = client("elasticache")
cache.create_replication_group(
    ReplicationGroupId=NAME, ReplicationGroupDescription="of the service", Engine="redis", NumCacheClusters=2
)

for number in (1, 2):
    cache.create_cache_cluster(
        CacheClusterId=f"{NAME}-00{number}", Engine="redis", CacheNodeType="cache.r7g.large", NumCacheNodes=1
    )

balancers = client("elbv2")
balancer = balancers.create_load_balancer(Name=NAME, Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
acm = client("acm")
certificate = acm.request_certificate(
    DomainName="mockupaws.com", SubjectAlternativeNames=["api.mockupaws.com"], ValidationMethod="DNS"
)["CertificateArn"]
listener = balancers.create_listener(
    LoadBalancerArn=balancer,
    Protocol="HTTPS",
    Port=443,
    Certificates=[{"CertificateArn": certificate}],
    DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
)["Listeners"][0]["ListenerArn"]
NUMBER = f"{region}:123456789012"
names[f"arn:aws:acm:{NUMBER}:certificate/3f2a1c5e-7b94-4d0a-9c61-5e8d2f7a4b10"] = certificate
names[f"arn:aws:elasticloadbalancing:{NUMBER}:listener/app/{NAME}/50dc6c495c0c9188/f2f7dc8efc522ab2"] = listener
names[f"app/{NAME}/50dc6c495c0c9188"] = balancer.split(":loadbalancer/")[1]

zone = client("route53").create_hosted_zone(Name="mockupaws.com", CallerReference="moto")
names["Z0912345A1B2C3D4E5F6G"] = zone["HostedZone"]["Id"].removeprefix("/hostedzone/")

distribution = client("cloudfront").create_distribution(
    DistributionConfig={
        "CallerReference": "moto",
        "Comment": "the service",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "service", "DomainName": "origin.mockupaws.com"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "service", "ViewerProtocolPolicy": "redirect-to-https"},
        "ViewerCertificate": {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only"},
    }
)
names["E1A2B3C4D5E6F7"] = distribution["Distribution"]["Id"]

logs = client("logs")
for ref, _, _ in each("AWS::Logs::LogGroup"):
    logs.create_log_group(logGroupName=ref)

json.dump(names, sys.stdout)
