[assembly: Xunit.AssemblyFixture(typeof(Integration.SystemTests.Peers.MongoPeer))]
[assembly: Integration.SystemTests.HangGuard]
