"""What the servers of these tests run: small dialplans, one for each feature."""

DIALPLAN = """\
[answers]
exten => stays,1,Answer()
 same => n,Wait(60)
exten => short,1,Answer()
 same => n,Wait(1.2)
exten => echo,1,Answer()
 same => n,Echo()
exten => rings,1,Ringing()
 same => n,Wait(60)
exten => busy,1,Busy(5)
exten => refuses,1,Hangup(17)
exten => congested,1,Congestion(5)

[dials]
exten => through,1,Dial(Local/behind@dials)
exten => behind,1,Dial(Local/stays@answers/n)
exten => phone,1,Dial(Local/desk@dials/n,,g)
 same => n,UserEvent(AfterDial,Status: ${DIALSTATUS})
exten => desk,1,Answer()
 same => n,Wait(60)
exten => rings,1,Dial(Local/rings@answers/n,30)
exten => late,1,Dial(Local/rings@answers/n,1)
exten => busy,1,Dial(Local/busy@answers/n,5)
exten => talks,1,Dial(Local/short@answers/n)

[other]
exten => 1,1,Answer()
 same => n,UserEvent(Arrived,By: ${BLINDTRANSFER:0:11})
 same => n,Wait(60)

[features]
exten => handlers,1,Set(CHANNEL(hangup_handler_push)=features,first,1(a,b))
 same => n,Set(CHANNEL(hangup_handler_push)=features,second,1)
 same => n,Answer()
exten => h,1,UserEvent(End,Which: h)
exten => first,1,UserEvent(End,Which: 1${ARG1}${ARG2})
 same => n,Return()
exten => second,1,UserEvent(End,Which: 2)
 same => n,Return()
exten => pickup,1,Pickup(rings@dials)
exten => conference,1,Answer()
 same => n,ConfBridge(room,,,keys)
exten => leader,1,Answer()
 same => n,Set(CONFBRIDGE(user,admin)=yes)
 same => n,Set(CONFBRIDGE(user,marked)=yes)
 same => n,ConfBridge(room)
exten => queue,1,Answer()
 same => n,Queue(support,c,,,30)
 same => n,UserEvent(AfterQueue,Status: ${QUEUESTATUS})
exten => records,1,Answer()
 same => n,MixMonitor(both.wav,i(ID))
 same => n,Playback(silence/1)
 same => n,StopMixMonitor()
 same => n,UserEvent(Recorded,Id: ${LEN(${ID})})
 same => n,Wait(60)
exten => says,1,Answer()
 same => n,SayNumber(42)
 same => n,Playback(hello-world)
 same => n,UserEvent(Said,Status: ${PLAYBACKSTATUS})
 same => n,Wait(60)
exten => functions,1,Answer()
 same => n,Set(LIST=a-b-c)
 same => n,UserEvent(F,Len: ${LEN(abc)},Cut: ${CUT(LIST,-,2)},Sum: ${MATH(1+2,int)})
 same => n,UserEvent(F,Name: ${CALLERID(name)},Given: ${GIVEN},Inherited: ${HEIR})
 same => n,UserEvent(F,Db: ${DB(lab/one)},Hint: ${EXTENSION_STATE(100@hints)})
 same => n,Verbose(1,said by the dialplan)
 same => n,Wait(60)

[programs]
exten => network,1,Answer()
 same => n,AGI(agi://127.0.0.1:{agi}/script?x=1,first)
 same => n,UserEvent(AfterAgi,Status: ${AGISTATUS},Result: ${FROM_AGI})
 same => n,Wait(60)
exten => asynchronous,1,Answer()
 same => n,AGI(agi:async)
 same => n,UserEvent(AfterAgi,Status: ${AGISTATUS})
 same => n,Wait(60)
exten => stasis,1,Answer()
 same => n,Stasis(lab,one)
 same => n,UserEvent(AfterStasis,Status: ${STASISSTATUS})
 same => n,Wait(60)

[records]
exten => marked,1,Set(CHANNEL(accountcode)=acc)
 same => n,Set(CDR(amaflags)=BILLING)
 same => n,Answer()
 same => n,Set(CDR(userfield)=mine)
exten => forks,1,Answer()
 same => n,ForkCDR(e)
 same => n,Set(CDR(userfield)=second)
exten => unrecorded,1,Answer()
 same => n,Set(CDR_PROP(disable)=1)

[hints]
exten => 100,hint,Custom:lamp
exten => 101,hint,Custom:desk,CustomPresence:person
"""
FILES = {
    "extensions.conf": DIALPLAN,
    "cdr.conf": "[general]\nunanswered=yes\n[csv]\n",
    "cdr_manager.conf": "[general]\nenabled=yes\n",
    "cel.conf": "[general]\nenable=yes\nevents=ALL\napps=park\n[manager]\nenabled=yes\n",
    "res_parking.conf": "[default]\nparkext=700\nparkpos=701-720\ncontext=parked\n",
    "confbridge.conf": "[keys]\ntype=menu\n1=toggle_mute\n8=leave_conference\n",
    "queues.conf": "[general]\n[support]\nmember => Local/desk@dials/n\n[empty]\n",
    "acl.conf": "[near]\ndeny=0.0.0.0/0\npermit=127.0.0.0/8\n",
    "ari.conf": "[general]\nenabled=yes\n[lab]\ntype=user\npassword=lab\n",
    "manager.conf": "[general]\nenabled=yes\nbindaddr={host}\nport={ami}\n"
    "[boss]\nsecret=top\nread=system,call,log,verbose,agent,user,config,dtmf,reporting,cdr,dialplan,agi,test\n"
    "write=system,call,agent,user,config,command,reporting,originate,agi\n"
    "[reader]\nsecret=top\nread=call\nwrite=\n",
}  # fmt: skip
